"""A set that is taken in: what is forgotten stays away, nothing is posted, and what is no set leaves nothing."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.errors import FolderUnfit
from bot.ledger import pictures, privacy
from bot.ledger.database import Connection
from bot.ledger.verdicts import set_mark
from bot.nouns import Mark
from bot.yours import returning, zipping
from tests.made import ADA, GRACE, NOW
from tests.yours.sets import GUILD, Studio
from tests.yours.test_sets import other as other
from tests.yours.test_sets import reviewed
from tests.yours.test_sets import studio as studio


async def test_deleted_pictures_and_what_people_had_forgotten_stay_away(
    studio: Studio, other: Studio, tmp_path: Path
) -> None:
    batch, made = await reviewed(studio)
    zipping.write(list((await studio.parts(batch)).values()), tmp_path / "set.zip")
    async with studio.db.transaction() as connection:
        await pictures.delete(connection, made[2].id, ADA, NOW + 50)
    assert "owl.png" not in await studio.parts(batch)
    async with other.db.transaction() as connection:
        await privacy.want(connection, GRACE, NOW + 500)
    with returning.opened([tmp_path / "set.zip"]) as source:
        done = await returning.bring(other.db, other.files, source, GUILD)
    assert (done.pictures, done.opinions, done.forgotten) == (4, 3, 1)
    async with other.db.transaction() as connection:
        await privacy.want(connection, ADA, NOW + 500)
    with returning.opened([tmp_path / "set.zip"]) as source:
        done = await returning.bring(other.db, other.files, source, GUILD)
    assert done.pictures == 0


async def test_elsewhere_nothing_is_posted(studio: Studio, other: Studio, tmp_path: Path) -> None:
    """Posts of another server are none here: reconciling would not find them, and take the pictures away."""
    batch, made = await reviewed(studio)
    zipping.write(list((await studio.parts(batch)).values()), tmp_path / "set.zip")
    with returning.opened([tmp_path / "set.zip"]) as source:
        await returning.bring(other.db, other.files, source, GUILD + 1)
    async with other.db.reading() as connection:
        assert list(await connection.execute_fetchall("SELECT 1 FROM notices")) == []
        found = await pictures.of_job(connection, made[0].id)
    assert found is not None
    assert found.message is None


async def test_killed_before_it_is_committed_it_comes_whole_the_next_time(
    studio: Studio, other: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the last mark: no row is left of it, only files, which are the same when they come again."""
    batch, _ = await reviewed(studio)
    zipping.write(list((await studio.parts(batch)).values()), tmp_path / "set.zip")
    marks = 0

    async def dies(connection: Connection, mark: Mark, now: float) -> bool:
        nonlocal marks
        marks += 1
        if marks == 4:
            raise KeyboardInterrupt
        return await set_mark(connection, mark, now)

    with monkeypatch.context() as patched, returning.opened([tmp_path / "set.zip"]) as source:
        patched.setattr("bot.ledger.verdicts.set_mark", dies)
        with pytest.raises(KeyboardInterrupt):
            await returning.bring(other.db, other.files, source, GUILD)
    assert await rows(other) == 0
    with returning.opened([tmp_path / "set.zip"]) as source:
        assert (await returning.bring(other.db, other.files, source, GUILD)).opinions == 4


async def rows(studio: Studio) -> int:
    async with studio.db.reading() as connection:
        tables = ("batches", "batch_items", "batch_files", "asks", "jobs", "pictures", "notices", "marks")
        found = [list(await connection.execute_fetchall(f"SELECT 1 FROM {table}")) for table in tables]
    return sum(map(len, found))


def spoilt(file: Path, name: str, to: Any) -> Path:
    """The ZIP with another content of this file, or a change to its JSON."""
    with zipfile.ZipFile(file) as packed:
        inside = {one: packed.read(one) for one in packed.namelist()}
    if callable(to):
        content = json.loads(inside[name])
        to(content)
        inside[name] = json.dumps(content).encode()
    else:
        inside[name] = to
    target = file.with_name("spoilt.zip")
    with zipfile.ZipFile(target, "w") as packed:
        for one, data in inside.items():
            packed.writestr(one, data)
    return target


@pytest.mark.parametrize(
    ("name", "to", "kind"),
    [
        ("set.json", b"[]", "set-unfit"),
        ("set.json", b"{", "set-unfit"),
        ("set.json", lambda told: told.update(version=2), "set-unfit"),
        ("set.json", lambda told: told["jobs"][0].update(slug="../../x"), "set-unfit"),
        ("set.json", lambda told: told["jobs"][0].update(state="queued", ended_at=None), "set-unfit"),
        ("set.json", lambda told: told["jobs"][1].update(id=told["jobs"][0]["id"]), "set-unfit"),
        ("set.json", lambda told: told["jobs"][0].update(seed=2**70), "set-unfit"),
        ("set.json", lambda told: told["pictures"][0].update(file="../set.zip"), "set-lacks"),
        ("set.json", lambda told: told["pictures"][0].update(file="/etc/passwd"), "set-lacks"),
        ("set.json", lambda told: told["pictures"][0].update(job="nobody"), "set-unfit"),
        ("owl.png", b"not a picture", "set-lacks"),
        ("verdicts.json", b'[{"job": 1}]', "set-unfit"),
        ("receipts/owl.json", b"{}", "set-unfit"),
    ],
)
async def test_what_is_no_set_leaves_nothing(
    studio: Studio, other: Studio, tmp_path: Path, name: str, to: Any, kind: str
) -> None:
    batch, _ = await reviewed(studio)
    zipping.write(list((await studio.parts(batch)).values()), tmp_path / "set.zip")
    with pytest.raises(FolderUnfit) as refused, returning.opened([spoilt(tmp_path / "set.zip", name, to)]) as source:
        await returning.bring(other.db, other.files, source, GUILD)
    assert refused.value.kind == kind
    assert await rows(other) == 0
