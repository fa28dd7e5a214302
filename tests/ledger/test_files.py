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
