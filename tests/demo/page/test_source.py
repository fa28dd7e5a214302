"""What the page's files promise without a browser."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "bot" / "demo" / "page"
TOKENS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", (PAGE / "style.css").read_text(encoding="utf-8")))
BACKGROUNDS = ("night", "room", "raised", "hover")
PAIRS = [(words, back) for words in ("words", "quiet", "amber", "red") for back in BACKGROUNDS]
PAIRS += [("amber", "amber-deep"), ("#241602", "amber"), ("#ffffff", "#1f7a48"), ("#ffffff", "#b02a37")]
PAIRS += [("words", "#3b3438"), ("#ffe9cc", "#6b4715"), ("green", "raised")]


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance of `#rrggbb`."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("words", "back"), PAIRS)
def test_words_stand_out_from_what_is_behind_them(words: str, back: str) -> None:
    """WCAG AA: 4.5 to 1 for every colour of words on every background that carries it."""
    light, dark = sorted((luminance(TOKENS.get(words, words)), luminance(TOKENS.get(back, back))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_no_module_parses_html_or_grows_large() -> None:
    """Text from the network can only become text when no module has the means to parse it; each keeps one job."""
    modules = sorted(PAGE.glob("*.js"))
    assert len(modules) > 10
    for path in modules:
        source = path.read_text(encoding="utf-8")
        assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)
        assert len(source.splitlines()) <= 300, path.name


def test_the_page_asks_nobody_else() -> None:
    """No address outside the demo: fonts, scripts and icons are all here, and each import finds its file."""
    for path in [*PAGE.glob("*.js"), *PAGE.glob("*.css"), PAGE / "index.html"]:
        source = path.read_text(encoding="utf-8")
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg|127\.0\.0\.1|localhost|[^\w])[\w.]+", source), (
            path.name
        )
        for name in re.findall(r'from "\./([\w.]+)"|"page/([\w.]+)', source):
            assert (PAGE / "".join(name)).is_file(), f"{path.name} names {name}"
