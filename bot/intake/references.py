"""What the references of a batch file lead to: pictures that came along with it by name, else the ledger's by slug.

A name with a dot in it is a file's, any other a slug. Of a slug's pictures only those count that the sender asked for
or that stand in the channel of the batch: the newest that is kept, else the newest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType

from bot.errors import NotRenderable, Refusal
from bot.intake.nearest import nearest
from bot.ledger import likenesses, recent
from bot.ledger.database import Connection
from gpu_agent.order import Reference

Beside = Mapping[str, str]
"""Pictures that came along with a file: name → the digest under which each lies in the bot's files."""
ALONE: Beside = MappingProxyType({})
_NEAREST = 5
_LOOKED_AT = 500  # slugs of the sender's
_TOLD = 40  # wrong names for which the nearest are sought: more are not shown
ANY = "0" * 64
"""Stands for a picture that nobody looked for."""


@dataclass(frozen=True, slots=True)
class References:
    """Name → digest of what was found, and why the others were not. `trusting` takes a slug at its word: where there
    is no ledger to ask."""

    found: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, Refusal] = field(default_factory=dict)
    trusting: bool = False

    def likeness(self, name: str, strength: float) -> Reference:
        """What an order takes along. Raises the Refusal that says why there is no such picture."""
        digest = self.found.get(name)
        if digest is None and not (self.trusting and name not in self.wrong):
            raise self.wrong.get(name) or _absent(name, {})
        return Reference(image=digest or ANY, strength=strength)


NOTHING_FOUND = References()


def is_file(name: str) -> bool:
    """A slug has no dot."""
    return "." in name


def beside(names: Sequence[str], found: Beside) -> References:
    """Where nobody can be asked about slugs: files must have come along, and slugs are believed."""
    absent = {name: _absent(name, found) for name in names if is_file(name) and plain(name) not in found}
    return References({name: found[plain(name)] for name in names if plain(name) in found}, absent, trusting=True)


async def resolved(
    connection: Connection, names: Sequence[str], asker: int, channel: int, came: Beside = ALONE
) -> References:
    """What these names lead to for who sends the file there."""
    found = {name: came[plain(name)] for name in names if plain(name) in came}
    wrong: dict[str, Refusal] = {name: _absent(name, came) for name in names if is_file(name) and name not in found}
    mine = await recent.values(connection, asker, "slug", _LOOKED_AT)
    for name in dict.fromkeys(names):
        if is_file(name):
            continue
        if (digest := await likenesses.of_slug(connection, name, asker, channel)) is not None:
            found[name] = digest
            continue
        near = nearest(name, mine, _NEAREST) if len(wrong) < _TOLD else []
        wrong[name] = NotRenderable("reference-unknown", {"reference": name, "near": ", ".join(near) or "none"})
    return References(found, wrong)


def _absent(name: str, came: Beside) -> NotRenderable:
    near = ", ".join(nearest(name, came, _NEAREST)) or "none"
    return NotRenderable("reference-absent", {"reference": name, "near": near})


def plain(name: str) -> str:
    """As it is written on every system: `./pictures\\a.png` is pictures/a.png."""
    return str(PurePosixPath(name.replace("\\", "/")))
