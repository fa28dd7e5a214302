"""Every fault of a file at once, in each format, with its line, item and field; and files that mean harm."""

import csv
import json
from io import StringIO

import pytest

from bot.errors import BatchFault
from bot.intake import batchfile, models
from bot.intake.checking import Sender
from bot.settings import Limits
from bot.texts import failures
from tests.intake.asking import item

SENDER = Sender("k", 1, 1, 5)
WRONG: list[dict[str, object]] = [
    {"slug": "fine", "prompt": "a boat", "seed": 1},
    {"slug": "fine", "prompt": "a boat", "seed": -1, "colour": "red"},
    {"slug": "B!", "prompt": "x" * 301, "steps": 7000, "model": "demo"},
    {"slug": "b", "prompt": "a boat", "model": "nobody", "count": 9, "aspect": "16:9"},
    {"slug": "c", "prompt": "a boat", "width": 130, "height": 96, "guidance": "much", "loras": "ink:9"},
]
PLACES = {
    (2, "slug", "slug-twice"),
    (2, "seed", "number-small"),
    (2, "colour", "field-unknown"),
    (3, "slug", "bad-slug"),
    (3, "prompt", "prompt-length"),
    (3, "steps", "number-large"),
    (4, "model", "unknown-model"),
    (4, "count", "bad-count"),
    (5, "width", "size-multiple"),
    (5, "guidance", "field-type"),
    (5, "loras[1].weight", "number-large"),
}


def fault(data: bytes | str, name: str, limits: Limits | None = None) -> BatchFault:
    content = data.encode() if isinstance(data, str) else data
    with pytest.raises(BatchFault) as refused:
        batchfile.read(content, SENDER, models.packaged(), limits or Limits(), name=name)
    return refused.value


def places(found: BatchFault) -> set[tuple[object, object, object]]:
    return {(one.facts.get("item"), one.facts["field"], one.facts["fault"]) for one in found.shown}


def in_lines(items: list[dict[str, object]]) -> str:
    return "\n".join(json.dumps(one) for one in items)


def in_yaml(items: list[dict[str, object]]) -> str:
    return "\n".join(f"- {json.dumps(one)}" for one in items)


def in_json(items: list[dict[str, object]]) -> str:
    return "[" + ",\n".join(json.dumps(one) for one in items) + "]"


@pytest.mark.parametrize(("name", "written"), [("b.json", in_json), ("b.jsonl", in_lines), ("b.yaml", in_yaml)])
def test_every_fault_is_told_at_once(name: str, written: object) -> None:
    """Each item stands on the line of its number here, and so do its faults."""
    assert callable(written)
    found = fault(written(WRONG), name)
    assert places(found) == PLACES
    assert found.facts["further"] == len(PLACES) - 1
    assert [one.facts["line"] for one in found.shown] == sorted(int(str(one.facts["item"])) for one in found.shown)


def test_every_fault_of_a_table_is_told_at_once() -> None:
    """A wrong name in the head is told there; the same faults of the rows as in the other formats."""
    found = fault("slug,prompt,colour,seed,seed,mood\na,b,red,1,2,x\nc,d,red,-1,2,x\nB!,d\n", "b.csv")
    head = {(None, "colour", "field-unknown"), (None, "seed", "field-twice"), (None, "mood", "field-unknown")}
    assert places(found) == head | {(3, "slug", "bad-slug")}
    text = StringIO()
    table = csv.DictWriter(
        text, ["slug", "prompt", "seed", "steps", "model", "count", "aspect", "width", "height", "guidance", "loras"]
    )
    table.writeheader()
    table.writerows([{name: one[name] for name in one if name in table.fieldnames} for one in WRONG])
    found = fault(text.getvalue(), "b.csv")
    assert places(found) == PLACES - {(2, "colour", "field-unknown")}
    assert [one.facts["line"] for one in found.shown] == [int(str(one.facts["item"])) + 1 for one in found.shown]


def test_what_the_model_cannot_do_is_told_all_together() -> None:
    """Size, steps and prompt of one item, each at its field."""
    wrong = item(1, model="flux-schnell", width=100, height=1024, steps=20, negative="n" * 9000, prompt="p" * 9000)
    found = fault(in_json([wrong]), "b.json")
    assert places(found) == {
        (1, "width", "size-range"),
        (1, "steps", "steps-range"),
        (1, "prompt", "prompt-length"),
        (1, "negative", "negative-length"),
    }


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, {("prompt", "field-missing"), ("slug", "field-missing")}),
        (
            {"slug": 5, "text": 5, "model": "x"},
            {("slug", "field-type"), ("text", "field-type"), ("model", "unknown-model")},
        ),
        ({"slug": 5, "text": "b", "prompt": "c"}, {("slug", "field-type"), ("text", "prompt-twice")}),
        ({"slug": "a", "prompt": "b", "width": "x", "height": 96}, {("width", "field-type")}),
        ({"slug": "a", "prompt": "b", "width": 96, "aspect": "1:1"}, {("aspect", "aspect-twice")}),
        (
            {"slug": "a", "aspect": "99:1", "count": 9},
            {("prompt", "field-missing"), ("aspect", "aspect-range"), ("count", "bad-count")},
        ),
        ({"slug": "a", "prompt": " ", "seed": 1.5}, {("prompt", "prompt-empty"), ("seed", "field-type")}),
    ],
)
def test_one_fault_neither_hides_another_nor_makes_one_up(
    fields: dict[str, object], found: set[tuple[str, str]]
) -> None:
    """What is wrong in kind, in pair and for the model stands side by side, and nothing beside it."""
    assert places(fault(in_json([fields]), "b.json")) == {(1, field, kind) for field, kind in found}


def test_twenty_faults_are_told_and_the_rest_are_counted() -> None:
    """The sentence has a line for each, and says how many more there are."""
    found = fault(in_json([item(n, seed=-1) for n in range(57)]), "b.json")
    assert (len(found.shown), found.facts["further"]) == (20, 56)
    told = failures.plain_sentences(found).splitlines()
    assert told[0] == "57 things are wrong in the file, and nothing of it was accepted:"
    assert told[1:3] == [f"Line {n}, item {n}, field “seed”: It must be 0 or more. Correct the value." for n in (1, 2)]
    assert told[21:] == ["… and 37 more."]
    assert failures.sentence(found.kind, found.facts).endswith("Correct the value. (And 56 more.)")


def test_what_was_read_before_the_text_broke_is_checked_too() -> None:
    """The end of the reading comes last."""
    found = fault(in_json([item(1, seed=-1), item(2)]).replace('"boat-2"', '"boat-2'), "b.json")
    assert [one.facts["fault"] for one in found.shown] == ["number-small", "batch-syntax"]


def test_a_broken_line_does_not_hide_the_next_one() -> None:
    """JSON Lines: each line is by itself, and counts as an item."""
    found = fault('{"slug": "a", "prompt": "b"}\n{"slug": \n\n[1]\n{"slug": "b"}', "b.jsonl")
    assert [(one.facts["line"], one.facts["item"], one.facts["fault"]) for one in found.shown] == [
        (2, 2, "batch-syntax"),
        (4, 3, "batch-not-an-item"),
        (5, 4, "field-missing"),
    ]
    assert "This is not JSON Lines: " in failures.plain_sentences(found)


@pytest.mark.parametrize(
    ("text", "line", "number", "kind"),
    [
        ("slug: a\nprompt: b", 1, None, "field-unknown"),
        ("just words", 1, None, "batch-not-a-list"),
        ("# nothing", None, None, "batch-empty"),
        ("defaults: 5\nitems: []", 1, None, "batch-bad-defaults"),
        ("$schema: x\nitems: []", None, None, "batch-empty"),
        ("- {slug: a, prompt: b}\n- 5\n- {slug: b, prompt: c}", 2, 2, "batch-not-an-item"),
        ("- slug: a\n  slug: b\n  prompt: c", 2, 1, "field-twice"),
        ("- slug: a\n  prompt: }", 2, 1, "batch-syntax"),
        ("- slug: a\n   prompt: b", 2, 1, "batch-syntax"),
        ("- slug: a\n  prompt: b\n---\n- slug: c", 3, None, "batch-syntax"),
        ("- &x {slug: a, prompt: b}\n- *x", 2, 2, "batch-alias"),
        ("- slug: a\n  prompt: !!python/object/apply:os.system [ls]", 2, 1, "batch-tag"),
        ("- slug: a\n  prompt: b\n  loras: [[[[[[[[1]]]]]]]]", 3, 1, "batch-too-deep"),
        ("[" * 100_000, 1, 1, "batch-too-deep"),
        ("- slug: a\n  prompt: b\n  seed: " + "9" * 5000, 3, 1, "field-type"),
        ("- slug: a\n  prompt: b\n  seed: " + "9" * 300, 3, 1, "number-large"),
        ("- slug: a\n  prompt: b\n  guidance: .nan", 3, 1, "field-type"),
        ("- slug: a\n  prompt: b\n  guidance: 1e999", 3, 1, "field-type"),
        ("- slug: a\n  prompt: b\n  <<: {seed: 1}", 3, 1, "field-unknown"),
        ("- slug: a\n  prompt: b\n  ? [x]\n  : 1", 3, 1, "batch-syntax"),
        ("- slug: a\n  prompt: \x01", 2, None, "batch-syntax"),
        ("- {" + "a, " * 10_000, 1, 1, "item-too-large"),
        ("- {slug: a, prompt: b, loras: [" + "a, " * 10_000, 1, 1, "item-too-large"),
    ],
)
def test_yaml_that_is_no_list_of_items_is_refused_at_its_line(
    text: str, line: int | None, number: int | None, kind: str
) -> None:
    """Aliases, tags, depth and huge numbers end as words, never as memory or code."""
    first = fault(text, "b.yaml").shown[0]
    assert (first.facts.get("line"), first.facts.get("item"), first.facts["fault"]) == (line, number, kind)


def test_an_alias_bomb_is_refused_at_its_first_alias() -> None:
    """Nothing is multiplied."""
    layers = ["a0: &a0 [x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
    text = "defaults:\n" + "\n".join(f"  {layer}" for layer in layers) + "\nitems: [*a11]"
    assert fault(text, "b.yaml").facts["fault"] == "batch-alias"


@pytest.mark.parametrize(
    ("text", "line", "number", "kind"),
    [
        ("slug,prompt,seed\n", None, None, "batch-empty"),
        ("slug,prompt,slug\na,b,c", 1, None, "field-twice"),
        ("slug,prompt\na,b\nc,d,e", 3, 2, "csv-cells"),
        ("slug,prompt,\na,b,\nc,d,e", 3, 2, "csv-cells"),
        ('slug,prompt\na,"b\nc"\nd,', 4, 2, "field-missing"),
        ('slug,prompt\na,"b\nc', 2, None, "batch-syntax"),
        ("slug,prompt,seed\na,b,1.5", 2, 1, "field-type"),
        ("slug,prompt,seed\na,b," + "9" * 5000, 2, 1, "field-type"),
        ("slug,prompt,guidance\na,b,nan", 2, 1, "field-type"),
        ("slug,prompt\na,b\0", 2, None, "batch-nul"),
        ("slug,prompt\na," + "x" * 200_000, 2, None, "batch-syntax"),
        ("slug," * 10_000, 1, None, "item-too-large"),
        ("slug,prompt,seed\na,b,\u0661", 2, 1, "field-type"),
        ("name,words\na,b", 1, None, "field-unknown"),
        ("slug,prompt,loras\na,b," + '"' + "ink," * 20_000 + '"', 2, 1, "field-type"),
    ],
)
def test_a_table_that_is_none_of_items_is_refused_at_its_line(
    text: str, line: int | None, number: int | None, kind: str
) -> None:
    """The line is the row's first one, also where text runs over several."""
    first = fault(text, "b.csv").shown[0]
    assert (first.facts.get("line"), first.facts.get("item"), first.facts["fault"]) == (line, number, kind)
    assert "unknown" not in failures.plain(first.kind, first.facts).replace("is known", "")


@pytest.mark.parametrize("name", ["b.json", "b.jsonl", "b.csv", "b.yaml", "b", "b.exe"])
@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n\x00", b"PK\x03\x04", b"\x00" * 99, b"", b" \n\t", b"\xc3"]
)
def test_what_is_no_text_at_all_is_refused_in_words(name: str, data: bytes) -> None:
    """A picture, an archive, nothing: a sentence, whatever the file is called."""
    told = failures.plain_sentences(fault(data, name))
    assert told.endswith(".")
    assert "Something went wrong" not in told


def test_the_depth_is_a_setting() -> None:
    """What is too deep for one bot is read by another, and then told for what it is."""
    text = in_json([item(1, loras=[[[[["ink"]]]]])])
    assert fault(text, "b.json", Limits(batch_depth=6)).facts["fault"] == "batch-too-deep"
    assert fault(text, "b.json", Limits(batch_depth=7)).facts["fault"] == "field-type"
