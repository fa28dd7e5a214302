"""Every kind of trouble has a sentence, and no fact in it can do harm."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.texts import failures
from gpu_agent.value import Facts

ROOT = Path(__file__).parents[2]
RAISED = {
    "Refused",
    "Failed",
    "Fault",
    "Refusal",
    "NotRenderable",
    "BatchFault",
    "Unclear",
    "_refuse",
    "_fault",
    "at",
    "Hold",
}
KEBAB = re.compile(r"[a-z]+(-[a-z]+)*")


def leaves(branch: type[errors.DarkroomError]) -> list[type[errors.DarkroomError]]:
    below = branch.__subclasses__()
    return [branch] if not below else [leaf for child in below for leaf in leaves(child)]


def raised(path: Path) -> Iterator[str]:
    """The kinds that this file's code hands to a refusal or failure."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) not in RAISED:
            continue
        named = [keyword.value for keyword in node.keywords if keyword.arg in ("kind", "fault")]
        for value in named or node.args:
            if isinstance(value, ast.Constant) and KEBAB.fullmatch(str(value.value)):
                yield str(value.value)


def kinds() -> list[str]:
    own = {leaf.kind for leaf in leaves(errors.DarkroomError) if leaf not in (errors.NotRenderable, errors.Unclear)}
    sources = [*(ROOT / "gpu_agent").glob("*.py"), *(ROOT / "gpu_agent" / "engine").glob("*.py")]
    asking = [path for room in ("intake", "chat") for path in (ROOT / "bot" / room).glob("*.py")]
    told = {kind for path in [*sources, *asking] for kind in raised(path)}
    # Arguments of a fault that name its place, not its kind.
    fields = {"slug", "text", "prompt", "width", "height", "aspect", "reference"}
    return sorted((own | told) - {"batch-fault"} - fields)


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_its_own_sentence(kind: str) -> None:
    """A kind that errors.py, the planner or the agent can raise is never told by the general sentence."""
    told = failures.sentence(kind, {})
    assert kind
    assert told != failures.sentence("no-such-kind", {}).replace("no-such-kind", kind)
    assert told.endswith((".", "`."))
    assert not set("{}") & set(told.replace('[{"slug"', "").replace('sea"}]', ""))


def test_the_tree_has_leaves_to_walk() -> None:
    """The walks really find leaves at every depth, and kinds of planner, agent, engine and intake."""
    found = {leaf.__name__ for leaf in leaves(errors.DarkroomError)}
    assert {"BadSlug", "LineCut", "PictureBroken", "LedgerInUse", "NotRenderable"} <= found
    assert {"size-range", "stale-epoch", "has-work", "weights-missing", "field-type", "size-half"} <= set(kinds())


def test_sizes_are_told_in_the_unit_people_think_in() -> None:
    """Bytes up to a kibibyte, then the next unit."""
    assert "(900 bytes free)" in failures.sentence("disk-full", {"free": 900})
    assert "(2.5 GiB free)" in failures.sentence("disk-full", {"free": 5 * 2**29})
    assert "(unknown free)" in failures.sentence("disk-full", {})


def test_an_unknown_kind_is_named() -> None:
    """What nobody foresaw is still told, with the word to report."""
    assert "(flux-capacitor)" in failures.sentence("flux-capacitor", {})


def test_facts_stand_in_the_sentence() -> None:
    """The sentence names what was asked and what would do."""
    facts: Facts = {"model": "demo", "width": 7, "height": 9, "smallest": 64, "largest": 256, "nearest": "64x64"}
    told = failures.sentence("size-range", facts)
    assert told == "demo draws sides from 64 to 256 pixels, and 7x9 is outside. Try 64x64."


def test_a_batch_fault_names_line_item_and_field() -> None:
    """The place comes first, then the sentence of what is wrong there."""
    facts: Facts = {"line": 7, "item": 3, "field": "width", "fault": "field-type", "wanted": "a whole number"}
    told = failures.sentence("batch-fault", facts)
    assert told == "Line 7, item 3, field “width”: It must be a whole number. Correct the value."


def test_a_batch_fault_without_a_place_or_with_free_words_is_whole() -> None:
    """A fault of the whole file has no place; a fault in plain words is told as it is."""
    assert failures.sentence("batch-fault", {"fault": "batch-empty"}).startswith("The list has no items.")
    assert failures.sentence("batch-fault", {"line": 2, "fault": "odd"}) == "Line 2: odd"


@pytest.mark.parametrize(
    "hostile", ["@everyone", "<@123456789012345678>", "<@&1>", "https://a.example", "**b**", "\x1b[2J"]
)
def test_facts_can_do_no_harm_on_discord(hostile: str) -> None:
    """Nothing a person typed can ping, link, format or steer when it comes back inside a sentence."""
    told = failures.sentence("bad-slug", {"slug": hostile})
    assert hostile not in told
    assert "@everyone" not in told
    assert "\x1b" not in told


@given(st.text(alphabet=string.printable + "@<>«»\u202e\u0000"))
def test_no_fact_breaks_a_sentence(text: str) -> None:
    """Braces, markup and control characters in a fact leave the sentence whole."""
    told = failures.sentence("bad-slug", {"slug": text})
    assert told.endswith("Windows keeps for a device.")
    assert told.isprintable() or "\u200b" in told


def test_a_terminal_reads_paths_unescaped() -> None:
    """On a terminal an underscore stays an underscore, and an escape sequence is taken out."""
    told = failures.plain("ledger-in-use", {"path": "my_ledger.db\x1b[31m"})
    assert "my_ledger.db [31m" in told
