"""Every text can be translated, and every translation is whole: the same places, every form, and room on Discord."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.texts.extraction import TABLES, extract

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "bot" / "texts"
LOCALE = TEXTS / "locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/darkroom.po"))
NO_WORDS = {"extraction.py", "tongue.py"}


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def translated(path: Path) -> list[Message]:
    return [message for message in catalogue(path) if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def places(text: str) -> list[tuple[str, str]]:
    """Name and format of every place in braces."""
    return sorted((name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name is not None)


def in_code() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set()
    for path in TEXTS.glob("*.py"):
        with path.open("rb") as file:
            found |= {text for _, _, text, _ in extract(file, {}, (), {})}
    return found


def test_the_template_holds_exactly_what_the_code_says() -> None:
    """`make texts` writes it; a text that was added or changed since then is noticed here."""
    assert {message.id for message in translated(LOCALE / "darkroom.pot")} == in_code()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_translation_is_complete_and_keeps_every_place(path: Path) -> None:
    """A fact that is left out or misspelt would break the sentence in front of a person."""
    assert {message.id for message in translated(path)} == in_code()
    for message in translated(path):
        assert not message.fuzzy, message.id
        given = forms(message.string)
        assert all(given), message.id
        for at, text in enumerate(given):
            told = forms(message.id)[0 if at == 0 < len(given) - 1 else -1]  # “the one picture” needs no number
            assert places(text) == places(told), message.id
            assert (text[:1] == " ", text[-1:] == " ") == (
                forms(message.id)[0][:1] == " ",
                forms(message.id)[0][-1:] == " ",
            )


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_what_must_not_be_translated_stands_there_as_it_is(path: Path) -> None:
    """Commands, file names, and what Discord makes a moment or a person of."""
    kept = re.compile(r"`[^`]*`|<[@#t][^>]*>")
    for message in translated(path):
        for text in forms(message.string):
            assert sorted(kept.findall(text)) == sorted(kept.findall(forms(message.id)[-1])), message.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_program_reads_what_the_catalogue_says(path: Path) -> None:
    """The compiled file belongs to the readable one."""
    compiled = BytesIO()
    write_mo(compiled, catalogue(path))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue()


def bare(path: Path) -> Iterator[str]:
    """Words in this file's code that go through neither `_` nor a table."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spoken: set[ast.AST] = set()
    for node in ast.walk(tree):
        verb = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        table = isinstance(node, ast.Assign) and any(getattr(one, "id", "") in TABLES for one in node.targets)
        if verb in ("_", "counted") or table or isinstance(node, ast.Expr):
            spoken |= set(ast.walk(node))
    for node in ast.walk(tree):
        if node not in spoken and isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = re.sub(r"<[@#t]\S*|[^\w ]", "", node.value)
            if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text):
                yield node.value


@pytest.mark.parametrize(
    "path", [one for one in TEXTS.glob("*.py") if one.name not in NO_WORDS], ids=lambda one: one.stem
)
def test_no_sentence_goes_around_gettext(path: Path) -> None:
    """Two words in a row are a text, wherever they stand."""
    assert list(bare(path)) == []


SPEAK = """
from bot.texts import answers, asking, card, failures, menus, picture
forms = [*vars(picture).items(), *vars(asking).items()]
assert max(len(text) for name, text in forms if name.startswith(("EDIT_", "REMIX_", "REASON_", "USE_"))) <= 45
assert max(len(text) for text in (menus.REMIX, menus.AGAIN, menus.WHY, menus.REASON)) <= 32
print(failures.sentence("day-spent", {"daily": 3, "left": 1, "when": 5}))
print(answers.pictures(1), answers.pictures(2), card.place(1), card.place(22))
"""


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", ["One person may ask for 3", "1 picture 2 pictures first in line 22nd in line"]),
        ("de", ["Eine Person darf 3 Bilder", "1 Bild 2 Bilder als Erstes an der Reihe an 22. Stelle"]),
        ("tlh:de", ["Eine Person darf 3 Bilder"]),
        ("tlh", ["One person may ask for 3"]),
    ],
)
def test_the_language_is_chosen_when_the_program_starts(language: str, words: list[str]) -> None:
    """The first that is known; where none is, English. What goes into forms and menus has room there."""
    env = {**os.environ, "DARKROOM_LANGUAGE": language}
    told = subprocess.run([sys.executable, "-c", SPEAK], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    for word in words:
        assert word in told.stdout
