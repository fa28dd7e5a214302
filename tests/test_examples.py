"""The examples are what a person copies first: they load, and they are complete."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot import settings as configuration
from bot.intake import batchfile, models
from bot.intake.checking import Sender
from bot.settings import Limits, Settings
from gpu_agent import catalogue

EXAMPLES = Path(__file__).parent.parent / "examples"
SETTINGS = EXAMPLES / "darkroom.toml"
TABLES: dict[str, Any] = {name: field.annotation for name, field in Settings.model_fields.items()} | {
    "tower": configuration.Tower,
    "watch": configuration.WatchTable,
}


def uncommented(text: str) -> str:
    """With every default as if somebody had taken its # away."""
    return re.sub(r"(?m)^#(?=[a-z_]+ = |\[\[)", "", text)


def tables(text: str) -> dict[str, dict[str, Any]]:
    return {name: value[0] if isinstance(value, list) else value for name, value in tomllib.loads(text).items()}


@pytest.fixture(autouse=True)
def only_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("DARKROOM_"):
            monkeypatch.delenv(name)


def test_the_example_loads_as_it_is_and_with_every_default_spelled_out(tmp_path: Path) -> None:
    """Taking a # away changes nothing by itself, but for the one table that is behind them as a whole."""
    spelled = tmp_path / "darkroom.toml"
    spelled.write_text(uncommented(SETTINGS.read_text(encoding="utf-8")), encoding="utf-8")
    every, chosen = configuration.load(spelled), configuration.load(SETTINGS)
    assert (len(every.watch), len(chosen.watch)) == (1, 0)
    assert every.model_copy(update={"watch": ()}) == chosen


def test_the_example_names_every_key_there_is() -> None:
    """Nobody has to read the source to find a setting."""
    named = {name: set(keys) for name, keys in tables(uncommented(SETTINGS.read_text(encoding="utf-8"))).items()}
    assert named == {name: set(model.model_fields) for name, model in TABLES.items()}


def test_what_stands_behind_a_number_sign_is_the_default() -> None:
    """And what does not is there because it has none, or hardly anybody keeps it."""
    text = SETTINGS.read_text(encoding="utf-8")
    chosen, spelled = tables(text), tables(uncommented(text))
    behind = [(table, key) for table in spelled for key in set(spelled[table]) - set(chosen.get(table, ()))]
    behind = [(table, key) for table, key in behind if not TABLES[table].model_fields[key].is_required()]
    assert len(behind) > 10
    for table, key in behind:
        default = TABLES[table].model_fields[key].default
        assert spelled[table][key] == (list(default) if isinstance(default, tuple) else default), f"{table}.{key}"


def test_the_example_of_models_loads_and_adds_to_those_that_ship() -> None:
    """A line of it may be copied into a file of one's own."""
    assert len(catalogue.load(EXAMPLES / "models.toml")) > len(catalogue.load())


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("prompts-batch-1.*")), ids=lambda path: path.name)
def test_the_sample_batches_would_be_accepted(path: Path) -> None:
    """By a bot whose tower has only what ships; one of each format, with the same items."""
    known = models.from_catalogue(catalogue.load())
    drafts = batchfile.read(path.read_bytes(), Sender("", 0, 0, 0), known, Limits(), name=path.name)
    first = (EXAMPLES / "prompts-batch-1.json").read_bytes()
    assert drafts == batchfile.read(first, Sender("", 0, 0, 0), known, Limits())
    assert len(list(EXAMPLES.glob("prompts-batch-1.*"))) == 4


def test_the_sample_cluster_looks_alike() -> None:
    """One style, the same steps, and the same seed first."""
    path = EXAMPLES / "prompts-batch-2.yaml"
    known = models.from_catalogue(catalogue.load())
    drafts = batchfile.read(path.read_bytes(), Sender("", 0, 0, 0), known, Limits(), name=path.name)
    assert [one.seeds for one in drafts] == [(7,), (7,), (7, 8)]
    assert {(one.cluster, one.ask.style, one.steps) for one in drafts} == {("harbour", "watercolor", 10)}
