"""Pictures on disk: a name that exists is whole, and a transfer goes on where it stopped."""

import hashlib
from pathlib import Path

import pytest

from bot.errors import PictureBroken
from bot.ledger.files import Files

DATA = bytes(range(256)) * 40
SHA = hashlib.sha256(DATA).hexdigest()


def test_a_transfer_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """What was received before the process died is counted afterwards, and the whole gets its name at the end."""
    Files(tmp_path).append(SHA, DATA[:1000])
    files = Files(tmp_path)
    assert files.received(SHA) == 1000
    assert not files.has(SHA)
    files.append(SHA, DATA[1000:])
    path = files.keep(SHA)
    assert path == files.path(SHA)
    assert path.read_bytes() == DATA
    assert files.received(SHA) == 0


def test_a_picture_that_is_not_what_was_promised_is_thrown_away(tmp_path: Path) -> None:
    """Nothing gets the name, and the transfer begins anew."""
    files = Files(tmp_path)
    files.append(SHA, DATA + b"!")
    with pytest.raises(PictureBroken) as broken:
        files.keep(SHA)
    assert broken.value.facts["sha256"] == SHA
    assert not files.has(SHA)
    assert files.received(SHA) == 0


def test_keeping_twice_is_keeping_once(tmp_path: Path) -> None:
    """Killed between keeping the file and committing its row, the bot may keep it again."""
    files = Files(tmp_path)
    files.append(SHA, DATA)
    assert files.keep(SHA) == files.keep(SHA)
    assert files.path(SHA).read_bytes() == DATA


def test_bytes_are_stored_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice is once, removed is gone, and a full disk leaves nothing behind."""
    files = Files(tmp_path)
    assert [files.store(DATA), files.store(DATA)] == [SHA, SHA]
    assert files.path(SHA).read_bytes() == DATA
    for _ in range(2):
        files.remove(SHA)
        assert not files.has(SHA)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.store(DATA)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
