"""Batch files: every fault is named by line, item and field, and nothing of a faulty file is stored."""

import json

import pytest

from bot.errors import BatchFault
from bot.intake import batchfile, models
from bot.intake.accept import Intake
from bot.intake.checking import Sender
from bot.ledger.database import Database
from bot.settings import Limits
from bot.texts import failures
from tests.intake.asking import NOTHING, WHO, counts, file, item
from tests.scheduled import scheduled

SENDER = Sender("k", 1, 1, 5)
FINE = '  {"slug": "a", "prompt": "a boat"}'


def refused(data: bytes, limits: Limits | None = None) -> BatchFault:
    with pytest.raises(BatchFault) as fault:
        batchfile.read(data, SENDER, models.packaged(), limits or Limits())
    return fault.value


def lines(*text: str) -> bytes:
    return "\n".join(text).encode()


def of_item(number: int, **fields: object) -> bytes:
    """A list whose item of this number is `fields`, each field on a line of its own; what comes before is fine."""
    broken = json.dumps(fields, indent=1)
    return lines("[", *(f'{{"slug": "fine-{n}", "prompt": "a boat"}},' for n in range(1, number)), broken, "]")


@pytest.mark.parametrize(
    ("fields", "line", "field", "fault"),
    [
        ({"slug": "a", "prompt": "b", "colour": "red"}, 7, "colour", "field-unknown"),
        ({"prompt": "b"}, 4, "slug", "field-missing"),
        ({"slug": "a"}, 4, "prompt", "field-missing"),
        ({"slug": "a", "prompt": None}, 6, "prompt", "field-missing"),
        ({"slug": 5, "prompt": "b"}, 5, "slug", "field-type"),
        ({"slug": "a", "prompt": ["b"]}, 6, "prompt", "field-type"),
        ({"slug": "a", "prompt": "b", "seed": "7"}, 7, "seed", "field-type"),
        ({"slug": "a", "prompt": "b", "seed": True}, 7, "seed", "field-type"),
        ({"slug": "a", "prompt": "b", "width": 128.0, "height": 128}, 7, "width", "field-type"),
        ({"slug": "a", "prompt": "b", "text": "c"}, 7, "text", "prompt-twice"),
        ({"slug": "../x", "prompt": "b"}, 5, "slug", "bad-slug"),
        ({"slug": "fine-1", "prompt": "b"}, 5, "slug", "slug-twice"),
        ({"slug": "a", "prompt": "b", "seed": 2**32}, 7, "seed", "number-large"),
        ({"slug": "a", "prompt": "b", "width": 10**4000, "height": 128}, 7, "width", "number-large"),
        ({"slug": "a", "prompt": "b", "steps": 0}, 7, "steps", "number-small"),
        ({"slug": "a", "prompt": "b", "steps": 201}, 7, "steps", "number-large"),
        ({"slug": "a", "prompt": "b", "guidance": "5"}, 7, "guidance", "field-type"),
        ({"slug": "a", "prompt": "b", "negative": "x" * 301}, 7, "negative", "negative-length"),
        ({"slug": "a", "prompt": "b", "negative": "x\u0000"}, 7, "negative", "prompt-characters"),
        ({"slug": "a", "prompt": "b", "count": 9}, 7, "count", "bad-count"),
        ({"slug": "a", "prompt": "b", "stile": "ink"}, 7, "stile", "field-unknown"),
        ({"slug": "a", "prompt": "b", "aspect": "wide"}, 7, "aspect", "field-type"),
        ({"slug": "a", "prompt": "b", "aspect": "99:1"}, 7, "aspect", "aspect-range"),
        ({"slug": "a", "prompt": "b", "aspect": "1:1", "width": 64, "height": 64}, 7, "aspect", "aspect-twice"),
        ({"slug": "a", "prompt": "b", "loras": ["x\u0007"]}, 7, "loras", "prompt-characters"),
        ({"slug": "a", "prompt": "b", "loras": 5}, 7, "loras", "field-type"),
        ({"slug": "a", "prompt": "b", "loras": ["x"] * 9}, 7, "loras", "field-type"),
        ({"slug": "a", "prompt": "b", "loras": ["x", "y:9"]}, 7, "loras[2].weight", "number-large"),
        ({"slug": "a", "prompt": "b", "loras": [{"weight": 1}]}, 7, "loras[1].id", "field-type"),
        ({"slug": "a", "prompt": "b", "model": "flux"}, 7, "model", "unknown-model"),
        ({"slug": "a", "prompt": "b", "width": 128}, 4, "height", "size-half"),
        ({"slug": "a", "prompt": "b", "width": 128, "height": 129}, 8, "height", "size-multiple"),
        ({"slug": "a", "prompt": "b", "width": 8000, "height": 128}, 7, "width", "size-range"),
        ({"slug": "a", "text": "x" * 301}, 6, "text", "prompt-length"),
        ({"slug": "a", "prompt": "x\ud800"}, 6, "prompt", "prompt-characters"),
        ({"slug": "a", "prompt": "x\u0000"}, 6, "prompt", "prompt-characters"),
        ({"slug": "a", "prompt": "b", "archetype": "x" * 65}, 7, "archetype", "archetype-length"),
    ],
)
def test_a_fault_in_a_field_is_named_with_its_place(
    fields: dict[str, object], line: int, field: str, fault: str
) -> None:
    """Line of the text, number of the item, name of the field, and a sentence that starts with them."""
    found = refused(of_item(3, **fields))
    assert (found.facts["line"], found.facts["item"], found.facts["field"]) == (line, 3, field)
    assert found.facts["fault"] == fault
    told = failures.plain(found.kind, found.facts)
    assert told.startswith(f"Line {line}, item 3, field “{field}”: ")
    assert len(told) > len(f"Line {line}, item 3, field “{field}”: {fault}")


@pytest.mark.parametrize(
    ("data", "line", "number", "fault"),
    [
        (b"", None, None, "batch-empty"),
        (b'{"items": []}', None, None, "batch-empty"),
        (b'{\n"items": 5}', 2, None, "batch-not-a-list"),
        (b'{\n"pictures": []}', 2, None, "field-unknown"),
        (b'{"items": [],\n"items": []}', 2, None, "field-twice"),
        (lines("[", FINE, "]").replace(b"boat", b"b\0at"), 2, None, "batch-nul"),
        (lines("[", FINE + ",", '{"slug": "b", "prompt": "b", "loras": [[[[[[[1]]]]]]]}]'), 3, 2, "batch-too-deep"),
        (lines("[", '{"slug": "b", "prompt": "b", "loras": [{"id": "x", "id": "y"}]}]'), 2, 1, "batch-syntax"),
        (b'"text"', 1, None, "batch-not-a-list"),
        (b"[]", None, None, "batch-empty"),
        (b"[{" + b'"a": 1, ' * 10_000, 1, 1, "item-too-large"),
        (b"[\n 5\n]", 2, 1, "batch-not-an-item"),
        (b"[" * 10_000, 1, 1, "batch-not-an-item"),
        (b'[{"a":' * 10_000, 1, 1, "batch-too-deep"),
        (b'[{"slug": ' + b"[" * 10_000, 1, 1, "batch-too-deep"),
        (lines("[", FINE + ",", "]"), 2, 1, "batch-syntax"),
        (lines("[", '  {"slug": "a",', '   "prompt": "b",', "  }", "]"), 3, 1, "batch-syntax"),
        (lines("[", FINE, FINE, "]"), 3, 1, "batch-syntax"),
        (lines("[", FINE), 2, 1, "batch-syntax"),
        (lines("[", FINE, "]", "[]"), 4, None, "batch-syntax"),
        (lines("[", '  {"slug": "a", "seed": NaN}', "]"), 2, 1, "batch-syntax"),
        (lines("[", '  {"slug": "a", "seed": ' + "9" * 5000 + "}", "]"), 2, 1, "batch-syntax"),
        (lines("[", '  {"slug": "a\nb"}', "]"), 2, 1, "batch-syntax"),
        (lines("[", "  {slug: 1}", "]"), 2, 1, "batch-syntax"),
        (lines("[", '  {"slug" 1}', "]"), 2, 1, "batch-syntax"),
        (lines("[", '  {"slug": "a", "prompt": "b",', '   "slug": "b"}', "]"), 3, 1, "field-twice"),
        (lines("[", FINE + ",", '  {"slug": "b", "prompt": "caf') + b"\xe9", 3, None, "batch-encoding"),
        (b"\xff\xfe[\x00", 1, None, "batch-encoding"),
    ],
)
def test_a_file_that_is_no_list_of_items_is_refused_at_its_line(
    data: bytes, line: int | None, number: int | None, fault: str
) -> None:
    """Syntax, encoding and depth: no crash, and the line an editor shows."""
    found = refused(data)
    assert (found.facts.get("line"), found.facts.get("item"), found.facts["fault"]) == (line, number, fault)
    told = failures.plain(found.kind, found.facts)
    assert "unknown" not in told
    assert told[0].isupper()


def test_ten_thousand_items_are_read_and_one_more_is_not() -> None:
    """The limit is exact, told with its number, and nothing behind it is read."""
    items = [item(number) for number in range(10_001)]
    assert len(batchfile.read(file(*items[:10_000]), SENDER, models.packaged(), Limits())) == 10_000
    found = refused(file(*items))
    assert (found.facts["fault"], found.facts["count"], found.facts["most"]) == ("batch-too-many", 10_001, 10_000)
    assert refused(file(*items)[:-2] + b", rubbish").facts["fault"] == "batch-too-many"


def test_a_file_over_the_limit_of_bytes_is_not_read() -> None:
    """Size comes before syntax."""
    found = refused(b"[" + b" " * 100, Limits(batch_bytes=100))
    assert (found.facts["fault"], found.facts["bytes"]) == ("batch-too-large", 101)


def test_a_good_file_gives_its_items_in_order() -> None:
    """prompt or text, seed, size, model and archetype arrive as they stand, also behind a byte order mark."""
    first = {"slug": "a", "text": "a red boat", "seed": 5, "width": 128, "height": 96, "model": "demo"}
    drafts = batchfile.read(
        b"\xef\xbb\xbf" + file(first, item(2, archetype="hero", seed=None)), SENDER, models.packaged(), Limits()
    )
    assert [(one.slug, one.ask.prompt, one.ask.key) for one in drafts] == [
        ("a", "a red boat", "k:1"),
        ("boat-2", "2 red boats", "k:2"),
    ]
    assert (drafts[0].seeds, drafts[0].width, drafts[0].height, drafts[1].ask.archetype) == ((5,), 128, 96, "hero")


async def test_nothing_of_a_faulty_file_is_stored(db: Database, intake: Intake) -> None:
    """Its last item being wrong is enough, for a batch and for a schedule."""
    data = file(*(item(number) for number in range(20)), {"slug": "last"})
    with pytest.raises(BatchFault):
        await intake.batches.accept("b.json", data, key="k", **WHO)
    with pytest.raises(BatchFault):
        await scheduled(db, intake, "b.json", data, "daily 02:00", zone="UTC", **WHO)
    assert await counts(db) == NOTHING
