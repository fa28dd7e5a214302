"""Four formats, one meaning: the same items give the same drafts, whichever way they are written."""

import csv
import json
from collections.abc import Callable, Sequence
from io import StringIO
from itertools import count

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BatchFault
from bot.intake import batchfile, formats, models
from bot.intake.checking import Sender
from bot.intake.drafts import Draft
from bot.settings import Limits
from gpu_agent.order import Lora
from tests.intake.asking import item

SENDER = Sender("k", 1, 1, 5)
Items = Sequence[dict[str, object]]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
PROMPT = WORDS | st.sampled_from(
    ["no", "12", "0E0", "1_0", "true", "1:30", "a\nb; c, d", "- x: y", "~", '"a" #b', "a, b"]
)
SIDE = st.integers(12, 20).map(lambda times: times * 8)
LORA = st.fixed_dictionaries({"id": st.sampled_from(["ink", "soft_light"]), "weight": st.sampled_from([-1.5, 0.25])})
SHAPE = st.fixed_dictionaries({"aspect": st.sampled_from(["16:9", "1:1", "2:3"])}) | st.fixed_dictionaries(
    {"width": SIDE, "height": SIDE}
)
REST = st.fixed_dictionaries(
    {
        "slug": st.integers(0, 2**60).map("s-{}".format),
        "prompt": PROMPT,
        "seed": st.integers(0, 2**32 - 1),
    },
    optional={
        "model": st.just("demo"),
        "steps": st.integers(1, 12),
        "guidance": st.sampled_from([0.0, 1.0, 3.5]),
        "negative": PROMPT,
        "archetype": WORDS,
        "count": st.integers(1, 8),
        "loras": st.lists(LORA, min_size=1, max_size=3),
    },
)
ITEM = st.builds(lambda rest, shape: {**rest, **shape}, REST, SHAPE | st.just({}))


def as_json(items: Items) -> bytes:
    return json.dumps(list(items), ensure_ascii=False, indent=1).encode()


def as_lines(items: Items) -> bytes:
    return "\n".join(json.dumps(one) for one in items).encode()


def as_yaml(items: Items) -> bytes:
    return str(yaml.safe_dump(list(items), allow_unicode=True)).encode()


def as_csv(items: Items, delimiter: str = ",") -> bytes:
    """As a spreadsheet exports it: a mark in front, line ends of Windows, LoRAs as words in one cell."""
    text = StringIO(newline="")
    table = csv.DictWriter(text, sorted({name for one in items for name in one}), delimiter=delimiter)
    table.writeheader()
    table.writerows([{**one, "loras": _words(one.get("loras", ()))} if "loras" in one else one for one in items])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _words(loras: object) -> str:
    assert isinstance(loras, list)
    return ", ".join(f"{one['id']}:{one['weight']}" for one in loras)


WRITTEN: dict[str, Callable[[Items], bytes]] = {
    "b.json": as_json,
    "b.jsonl": as_lines,
    "b.yaml": as_yaml,
    "b.csv": as_csv,
}


def read(data: bytes, name: str = "") -> list[Draft]:
    return batchfile.read(data, SENDER, models.packaged(), Limits(), name=name)


def fault(data: bytes, name: str) -> BatchFault:
    with pytest.raises(BatchFault) as refused:
        read(data, name)
    return refused.value


@settings(max_examples=60, deadline=None)
@given(st.lists(ITEM, min_size=1, max_size=5, unique_by=lambda one: str(one["slug"])))
def test_the_same_items_in_four_formats_give_the_same_drafts(items: Items) -> None:
    """Every field arrives as it was meant, whatever words, quotes and line ends it holds."""
    first = read(as_json(items), "b.json")
    assert [one.slug for one in first] == [one["slug"] for one in items]
    assert [one.ask.prompt for one in first] == [one["prompt"] for one in items]
    for name, written in WRITTEN.items():
        assert read(written(items), name) == first, name
    assert read(as_csv(items, ";"), "b.csv") == first
    assert read(json.dumps({"defaults": {}, "items": items}).encode()) == first


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_format_is_known_by_its_content_too(written: Callable[[Items], bytes]) -> None:
    """A name that says nothing, or .json over JSON Lines, is no hindrance."""
    items = [item(1, seed=1, count=2), item(2, seed=3)]
    assert [one.slug for one in read(written(items), "prompts.txt")] == ["boat-1", "boat-2"]
    assert [one.slug for one in read(as_lines(items), "prompts.json")] == ["boat-1", "boat-2"]
    assert [one.slug for one in read(as_lines(items[:1]), "prompts.json")] == ["boat-1"]


def test_every_field_of_an_item_arrives() -> None:
    """Size from a proportion, LoRAs in either way of writing, and seeds one after another."""
    fields = {
        "seed": 7,
        "aspect": "16:9",
        "steps": 3,
        "guidance": 2,
        "negative": "fog",
        "count": 3,
        "archetype": "hero",
    }
    (one,) = read(as_json([item(1, **fields, loras=["ink:0.5", {"id": "soft"}, "a:b"])]))
    assert (one.seeds, one.width, one.height, one.steps, one.guidance) == ((7, 8, 9), 320, 192, 3, 2.0)
    assert (one.ask.negative, one.ask.archetype) == ("fog", "hero")
    assert one.ask.loras == (Lora(id="ink", weight=0.5), Lora(id="soft"), Lora(id="a:b"))


@pytest.mark.parametrize("name", ["b.json", "b.yaml"])
def test_defaults_hold_where_an_item_does_not_say_otherwise(name: str) -> None:
    """Wherever they stand in the file; sides of an item's own displace their proportion, and null says nothing."""
    items = [item(1, seed=1), item(2, seed=1, steps=4, width=96, height=96), item(3, seed=1, steps=None, aspect="1:1")]
    file = {"items": items, "defaults": {"steps": 9, "aspect": "3:2", "count": 2, "loras": ["ink"]}}
    data = json.dumps(file).encode() if name == "b.json" else str(yaml.safe_dump(file, sort_keys=False)).encode()
    drafts = read(data, name)
    assert [one.steps for one in drafts] == [9, 4, 9]
    assert [(one.width, one.height) for one in drafts] == [(312, 208), (96, 96), (256, 256)]
    assert {len(one.seeds) for one in drafts} == {2}
    assert {one.ask.loras for one in drafts} == {(Lora(id="ink"),)}


def test_a_wrong_default_is_told_once_and_not_for_every_item() -> None:
    """Of the wrong kind at its own place, or not of this model at the first item that shows it."""
    file = {"defaults": {"model": "nobody", "steps": "many", "slug": "a"}, "items": [item(n) for n in range(30)]}
    found = fault(json.dumps(file, indent=1).encode(), "b.json")
    assert [(one.facts["line"], one.facts["item"], one.facts["field"], one.facts["fault"]) for one in found.shown] == [
        (4, None, "steps", "field-type"),
        (5, None, "slug", "field-unknown"),
        (3, 1, "model", "unknown-model"),
    ]
    assert found.facts["further"] == 2


def test_a_spreadsheet_of_another_country_is_understood() -> None:
    """Semicolons, decimal commas, a line that names the separator, text over two lines, empty rows and columns."""
    text = 'sep=;\r\nSlug;Prompt;Guidance;Seed;;\r\nfox;"a fox;\r\nrunning";3,5;1;\r\n;;;\r\nowl;an owl;;;;;;;\r\n'
    fox, owl = read(text.encode(), "export.csv")
    assert (fox.ask.prompt, fox.ask.guidance, fox.seeds) == ("a fox;\r\nrunning", 3.5, (1,))
    assert (owl.slug, owl.ask.guidance) == ("owl", None)


def test_plain_words_of_yaml_are_words() -> None:
    """No Norway, no minutes, no dates: a number is only one where a number is meant."""
    words = b"slug: 2026, prompt: 2026-01-01, aspect: 16:9, negative: off"
    text = b"- {" + words + b", seed: 010, model: ~, loras: [{id: 7, weight: 1}]}"
    (one,) = read(text, "b.yml")
    assert (one.slug, one.ask.prompt, one.ask.negative, one.seeds) == ("2026", "2026-01-01", "off", (10,))
    assert one.ask.loras == (Lora(id="7"),)


@pytest.mark.parametrize("name", WRITTEN)
def test_no_more_is_read_than_one_item_over_the_limit(name: str) -> None:
    """What stands behind it may be anything: it is never looked at."""
    items = [item(number, seed=1) for number in range(101)]
    limits = Limits(batch_items=100)
    rubbish = (b"\n- a: b" if name == "b.yaml" else b"") + b'\n"@ * & {['
    data = WRITTEN[name](items).rstrip(b"]")
    with pytest.raises(BatchFault) as refused:
        batchfile.read(data + b"," * (name == "b.json") + rubbish, SENDER, models.packaged(), limits, name=name)
    assert (refused.value.facts["fault"], refused.value.facts["most"]) == ("batch-too-many", 100)
    assert len(batchfile.read(WRITTEN[name](items[:100]), SENDER, models.packaged(), limits, name=name)) == 100


@pytest.mark.parametrize("name", WRITTEN)
def test_a_reader_gives_an_item_before_it_looks_at_the_next(name: str) -> None:
    """A list that never ends gives its first items as well as one that does."""
    data = WRITTEN[name]([item(number) for number in range(20)]).decode("utf-8-sig").rstrip("]")
    found = formats.reader(name, data)(data, 8)
    assert [next(found).number for _ in range(20)] == list(range(1, 21))


def test_a_hundred_thousand_items_are_refused_at_the_first_one_too_many() -> None:
    """Nine tenths of the file are no items at all, which nobody gets to know."""
    items = [f'{{"slug": "s-{number}", "prompt": "b"}}' for number in range(10_001)]
    found = fault("\n".join([*items, *["rubbish"] * 89_999]).encode(), "b.jsonl")
    assert (found.facts["fault"], found.facts["line"], len(found.shown)) == ("batch-too-many", 10_001, 1)
    assert "further" not in found.facts


@pytest.mark.parametrize(
    ("name", "head", "one", "between"),
    [
        ("b.json", "[", '{{"slug": "s-{}", "prompt": "b"}}', ","),
        ("b.jsonl", "", '{{"slug": "s-{}", "prompt": "b"}}', "\n"),
        ("b.csv", "slug,prompt\n", "s-{},b", "\n"),
        ("b.yaml", "", "- {{slug: s-{}, prompt: b}}", "\n"),
    ],
)
def test_of_a_hundred_thousand_items_one_more_than_the_limit_is_read(
    name: str, head: str, one: str, between: str
) -> None:
    """Counted at the reader, in each format."""
    text = head + between.join(one.format(number) for number in range(100_000))
    read_so_far = count()
    items = (raw for raw in formats.reader(name, text)(text, 8) if next(read_so_far) < 100_000)
    opened = batchfile.taken(items, Limits())
    assert next(read_so_far) == 10_001
    assert opened.raws == ()
    assert opened.end is not None
    assert opened.end.facts["fault"] == "batch-too-many"


def test_pictures_count_as_items_do() -> None:
    """A short file that asks for many of each is as large as what it asks for."""
    with pytest.raises(BatchFault) as refused:
        batchfile.read(as_json([item(n, count=4) for n in range(3)]), SENDER, models.packaged(), Limits(batch_items=11))
    assert (refused.value.facts["fault"], refused.value.facts["count"]) == ("batch-too-many-pictures", 12)
