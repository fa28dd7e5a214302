"""docs/models.md tells every field, and of every shipped model what its entry says."""

import re
from pathlib import Path

from pydantic import BaseModel
from rich.filesize import decimal

from gpu_agent import catalogue
from gpu_agent.catalogue import Component, ControlNet, Encoder, Model, Weights
from gpu_agent.stock import Part

TEXT = (Path(__file__).parents[2] / "docs/models.md").read_text(encoding="utf-8")
KNOWN = catalogue.load()


def test_every_field_is_told() -> None:
    """Of an entry, of its parts, and of what comes from elsewhere; and no field that there is not."""
    of = tuple[type[BaseModel], ...]
    values: of = (Model, Weights, ControlNet, Encoder, Component, Part)
    fields = {name for value in values for name in value.model_fields}
    told = set(re.findall(r"`([a-z0-9_]+)`", TEXT)) | set(re.findall(r"[{,] (\w+)(?=[,} ])", TEXT))
    assert fields - told == set()
    rows = re.findall(r"(?m)^\| (`[a-z0-9_`, ]+`) \| ", TEXT.split("### Every field")[1])
    named = {name for row in rows for name in re.findall(r"\w+", row)}
    assert named == set(Model.model_fields)


def test_the_table_tells_the_entries() -> None:
    """In their order, with modes, licence and size."""
    rows = [row.strip("| ").split(" | ") for row in TEXT.splitlines() if row.startswith("| `") and row.count("|") == 7]
    assert [row[0].strip("`") for row in rows] == [model.id for model in KNOWN]
    for row, model in zip(rows, KNOWN, strict=True):
        nets = {"control": f"control ({', '.join(model.controlnets)})"}
        does = [nets.get(mode, mode) for mode in model.modes] + ["reference"] * (model.adapter is not None)
        gated = model.gated or any(part.gated for part in model.components.values())
        size = decimal(model.download) if model.repo else "ships with it"
        terms = [model.licence, "yes" if model.commercial else "no", "yes" if gated else ""]
        assert row[1:] == [", ".join(does), *terms, size]


def test_the_fields_that_are_needed_are_named() -> None:
    """One source besides, which only the whole entry can show."""
    needed = {name for name, field in Model.model_fields.items() if field.is_required()}
    sentence = TEXT.split("Needed in an entry without a base:")[1].split(". Relative")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == needed
