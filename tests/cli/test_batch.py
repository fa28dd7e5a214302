"""`darkroom batch check` and `darkroom ledger schema`: for editors, hooks and the documentation."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import batch, ledger

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "prompts-batch-1.json"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(batch.app, ["check", *arguments])
    return result.exit_code, result.output


def test_the_sample_batch_is_right() -> None:
    """The demo's own file has eight items with fixed seeds, and the demo's model can draw them all."""
    assert run(str(EXAMPLE)) == (0, "prompts-batch-1.json can be sent: 8 items, 8 with Darkroom Demo.\n")
    code, told = run(str(EXAMPLE), "--json")
    items = json.loads(told)["items"]
    assert code == 0
    assert len({item["slug"] for item in items}) == 8
    assert all(isinstance(item["seed"], int) for item in items)


def test_a_fault_is_told_with_its_place(tmp_path: Path) -> None:
    """A sentence for people, facts for programs, and 1 for hooks."""
    file = tmp_path / "batch.json"
    file.write_text('[\n {"slug": "a", "prompt": "b",\n  "width": "wide", "height": 128}\n]')
    assert run(str(file)) == (1, "Line 3, item 1, field “width”: It must be a whole number. Correct the value.\n")
    code, told = run(str(file), "--json")
    assert code == 1
    assert json.loads(told)["fault"]["line"] == 3


def test_the_towers_own_models_are_known_by_their_file(tmp_path: Path) -> None:
    """What only the tower has is accepted with its file of models, and a broken file is named."""
    file, models = tmp_path / "batch.json", tmp_path / "models.toml"
    file.write_text('[{"slug": "a", "prompt": "b", "model": "own"}]')
    shipped = (ROOT / "gpu_agent" / "models.toml").read_text().split("[model.sha256]")[0]
    models.write_text(shipped.replace('id = "demo"', 'id = "own"'))
    assert run(str(file))[0] == 1
    assert run(str(file), "--models", str(models))[0] == 0
    models.write_text("rubbish")
    assert run(str(file), "--models", str(models))[0] == 2


@pytest.mark.parametrize("arguments", [["schema"]])
def test_the_schema_is_printed_as_documented(arguments: list[str]) -> None:
    """`make schema` writes exactly this file."""
    result = CliRunner().invoke(ledger.app, arguments)
    assert result.exit_code == 0
    assert result.stdout == (ROOT / "docs" / "schema.sql").read_text(encoding="utf-8")
