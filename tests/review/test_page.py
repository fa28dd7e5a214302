"""The review page as bytes: what it may do, what it names, how large it gets, and how well its colours are read."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from bot.review import page, small
from bot.texts import review_page as texts
from tests.review.page.shots import HOSTILE, JOBS, REASONS, shots

TEMPLATES = Path(page.__file__).parent / "templates"


class Seen(HTMLParser):
    """What a browser would see: names of attributes, and how many scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: set[str] = set()
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}
        self.scripts += tag == "script"


def rendered(home: Path, *, inside: bool = True, title: str = "b.json", key: str = "b1") -> str:
    made = shots(home)
    return page.render(title, key, made, texts.WORDS, texts.KEYS, REASONS, inside=inside).decode()


def test_the_same_set_gives_the_same_page(tmp_path: Path) -> None:
    assert rendered(tmp_path) == rendered(tmp_path)


def test_only_its_own_script_and_style_may_act(tmp_path: Path) -> None:
    """By their digests; nothing is loaded, nothing sent, and there is no other script, handler or address in it."""
    html = rendered(tmp_path, title=HOSTILE, key='"><script>')
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    rules = dict(rule.split(" ", 1) for rule in policy.replace("&#39;", "'").split("; "))
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert rules["default-src"] == "'none'"
    for name, text in (("script-src", script), ("style-src", style)):
        assert rules[name] == f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
    assert "unsafe" not in policy
    assert "http" not in html.replace("http-equiv", "")
    seen = Seen()
    seen.feed(html)
    assert seen.scripts == 2  # one of them is data
    assert [name for name in seen.attributes if name.startswith("on") or name == "style"] == []
    assert HOSTILE not in html


def test_lines_name_exactly_one_picture(tmp_path: Path) -> None:
    """By the end of its job's id, which is longer where two of a slug end alike."""
    made = shots(tmp_path)
    assert page.subjects(made) == ["fox@11111", "owl@22222", "hare@33333", "hare@43333", "elk@55555"]
    alike = [page.Shot(job, "hare", "", None, "", 1, 1) for job in ("a000012345678", "b000012345678", "b100012345678")]
    assert page.subjects(alike) == ["hare@a000012345678", "hare@b000012345678", "hare@100012345678"]
    assert len({job[-5:] for job in JOBS}) == len(JOBS)


def test_pictures_inside_are_small_and_there_is_always_room(tmp_path: Path) -> None:
    """A picture keeps its shape; the more there are the less each may have; one that is broken is none."""
    file = tmp_path / "noise.png"
    Image.effect_noise((2000, 1000), 90).save(file)
    large, little = small.jpeg(file, 2**20), small.jpeg(file, 60_000)
    assert large is not None
    assert little is not None
    assert (large.width, large.height) == (1280, 640)
    assert len(little.data) <= 60_000 < len(large.data)
    assert little.width == 2 * little.height
    file.write_bytes(b"no picture")
    assert small.jpeg(file, 1000) is None
    assert small.jpeg(tmp_path / "gone.png", 1000) is None


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["dark", "light"])
def test_words_are_read_easily(scheme: int) -> None:
    """At least 4.5 to 1 for every ink on every ground it stands on, as WCAG asks for."""
    blocks = re.findall(r":root \{(.*?)\}", (TEMPLATES / "review.css").read_text(), re.DOTALL)
    colours = variables(blocks[0]) | variables(blocks[scheme])
    pairs = [(ink, ground) for ink in ("ink", "dim", "keep", "reject", "reroll") for ground in ("ground", "raised")]
    pairs += [("on", fill) for fill in ("accent", "keep", "reject", "reroll")] + [("ink", "well"), ("dim", "well")]
    assert {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 1) for pair in pairs if
            contrast(colours[pair[0]], colours[pair[1]]) < 4.5} == {}  # fmt: skip
