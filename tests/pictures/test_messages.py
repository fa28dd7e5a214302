"""docs/messages.md shows what `make pictures` draws: every picture is there, small, described, and nothing else is."""

import re
from pathlib import Path

import pytest

from tests.agent.sshd import ROOT
from tests.demo.page.world import CHROMIUM
from tests.pictures.__main__ import draw
from tests.pictures.camera import LARGEST

FOLDER = ROOT / "docs" / "pictures" / "messages"
SHOWN = re.compile(r"!\[(?P<alt>[^]]{10,})]\(pictures/messages/(?P<name>[a-z-]+)\.png\)")


def scenes() -> set[str]:
    """The names under which the scenes keep their pictures."""
    text = (ROOT / "tests" / "pictures" / "scenes.py").read_text(encoding="utf-8")
    return set(re.findall(r'camera\.(?:messages|node)\("([a-z-]+)"', text))


def test_every_picture_is_shown_with_words_for_those_who_cannot_see_it() -> None:
    shown = [match["name"] for match in SHOWN.finditer((ROOT / "docs" / "messages.md").read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(scenes()) == sorted(one.stem for one in FOLDER.iterdir())


def test_every_picture_is_small_and_has_a_palette() -> None:
    """Otherwise the repository grows each time they are drawn anew."""
    for one in FOLDER.iterdir():
        header = one.read_bytes()[:26]
        assert (header[:8], header[25]) == (b"\x89PNG\r\n\x1a\n", 3), one.name
        assert one.stat().st_size <= LARGEST, one.name


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (Debian: apt install chromium)")
async def test_they_can_be_drawn_anew(tmp_path: Path) -> None:
    """Every scene still happens in the real bot, on the page, with the demo's model."""
    kept = await draw(tmp_path)
    assert {one.stem for one in kept} == scenes()
    assert max(one.stat().st_size for one in kept) <= LARGEST
