"""A ledger with judged pictures, as the rooms themselves write it."""

from pathlib import Path

from bot.ledger import jobs, notices, pictures, verdicts
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import WORDS, Job, JobState, Mark, Notice, NoticeKind, Picture, Verdict
from tests import made
from tests.ledger.rows import ADA, NOW, insert
from tests.yours import elsewhere


async def posted(db: Database, number: int, *, files: Files | None = None, **own: object) -> Job:
    """A picture that was rendered and stands under message 1000 + number."""
    row = made.job(id=f"{number:016}", ask=f"ask{number}", seed=number, created_at=NOW + number, **own)
    await insert(db, row)
    sha256 = files.store(elsewhere.png(size=(64, 40 + number))) if files else f"{number:064x}"
    async with db.transaction() as connection:
        claimed = await jobs.claim(connection, row.id, "tower", "boot1")
        assert claimed is not None
        await jobs.end(connection, row.id, 1, JobState.RENDERED, NOW)
        await pictures.insert(connection, Picture(row.id, sha256, 100, made.receipt(row.order()), 1.0, 1, None, NOW))
        notice = Notice(f"n{number}", NoticeKind.PICTURE, row.channel, NOW, job=row.id)
        await notices.make_due(connection, notice)
        await notices.said(connection, notice.id, 1000 + number, NOW)
    return row


async def says(db: Database, row: Job, verdict: Verdict, words: str = "", person: int = ADA, emoji: str = "") -> None:
    """This person's verdict on it; with words or a reaction."""
    message = 1000 + int(row.id)
    async with db.transaction() as connection:
        mark = Mark(message, row.id, person, emoji or WORDS, verdict, words)
        await verdicts.set_mark(connection, mark, NOW + 100.25)


async def takes_back(db: Database, row: Job, person: int = ADA, emoji: str = WORDS) -> None:
    async with db.transaction() as connection:
        await verdicts.clear_mark(connection, 1000 + int(row.id), person, emoji, NOW + 200)


def settings(place: Path, more: str = "") -> Path:
    """Settings whose ledger lies in this place."""
    file = place / "darkroom.toml"
    file.write_text(f'[discord]\nguild_id = 1\n[ledger]\npath = "{place / "darkroom.db"}"\n{more}', encoding="utf-8")
    return file
