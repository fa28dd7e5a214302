"""What the rota has to say, as a notice: due in the transaction that made it so."""

from dataclasses import dataclass

from bot.clock import Clock, new_id
from bot.ledger import enclosures, notices
from bot.ledger.database import Connection
from bot.nouns import Enclosure, Notice, NoticeKind


@dataclass(frozen=True, slots=True)
class Saying:
    """`text` is empty where nothing is to be said; `encloses` is kind and facts of a picture that goes along."""

    text: str = ""
    encloses: tuple[str, dict[str, object]] | None = None


SILENCE = Saying()


async def say(connection: Connection, clock: Clock, channel: int, person: int, saying: Saying) -> None:
    """`person` is whose entry it is about."""
    if not saying.text:
        return
    notice = Notice(new_id(clock), NoticeKind.ANNOUNCEMENT, channel, clock.now(), text=saying.text, person=person)
    await notices.make_due(connection, notice)
    if saying.encloses is not None:
        kind, facts = saying.encloses
        await enclosures.add(connection, Enclosure(notice.id, kind, facts))
