"""`darkroom batch check` and `darkroom ledger schema`: for editors, hooks and the documentation."""

import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from bot.cli import batch, ledger
from bot.intake import fields

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "prompts-batch-1.json"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(batch.app, ["check", *arguments])
    return result.exit_code, result.output


def test_the_sample_batch_is_right() -> None:
    """The demo's own file has eight items with fixed seeds, and the demo's model can draw them all."""
    models = "7 with Darkroom Demo, 1 with Darkroom Demo, sketched"
    assert run(str(EXAMPLE)) == (0, f"prompts-batch-1.json can be sent: 8 items, {models}.\n")
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
    found = json.loads(told)
    assert (found["well"], found["count"], found["faults"][0]["line"]) == (False, 1, 3)
    assert found["faults"][0]["sentence"].startswith("Line 3, item 1, field “width”: ")


def test_styles_that_ship_are_known(tmp_path: Path) -> None:
    """Without a ledger nobody's own are."""
    file = tmp_path / "batch.json"
    file.write_text('[{"slug": "a", "prompt": "b", "style": "ink"}]')
    assert json.loads(run(str(file), "--json")[1])["items"][0]["style"] == "ink"
    file.write_text('[{"slug": "a", "prompt": "b", "style": "inc"}]')
    assert "field “style”: There is no style “inc”. Choose one of: ink" in run(str(file))[1]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "yaml"])
def test_the_samples_of_the_other_formats_are_right(ending: str) -> None:
    """Each can be sent as it is, to a bot whose tower has only what ships."""
    name = f"prompts-batch-1.{ending}"
    code, told = run(str(EXAMPLE.with_suffix(f".{ending}")))
    assert (code, told.partition(":")[0]) == (0, f"{name} can be sent")


def test_every_fault_is_told_and_counted(tmp_path: Path) -> None:
    """Twenty of them for programs, too, and the number of all."""
    file = tmp_path / "batch.csv"
    file.write_text("slug,prompt,seed\n" + "".join(f"a-{n},b,-1\n" for n in range(25)))
    assert run(str(file))[1].splitlines()[-1] == "… and 5 more."
    found = json.loads(run(str(file), "--json")[1])
    assert (found["count"], len(found["faults"])) == (25, 20)


def test_a_file_over_the_limit_is_read_no_further(tmp_path: Path) -> None:
    """A gigabyte that is mostly hole is refused as fast as a small one."""
    file = tmp_path / "batch.json"
    with file.open("wb") as opened:
        opened.truncate(2**30)
    assert "The file has 1.0 GiB and at most 4.0 MiB are read" in run(str(file))[1]


def test_the_schema_of_batches_is_the_published_one() -> None:
    """`make schema` writes exactly this file, and it is a schema of its dialect."""
    result = CliRunner().invoke(batch.app, ["schema"])
    assert result.exit_code == 0
    assert result.stdout == (ROOT / "docs" / "batch.schema.json").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(result.stdout))


@pytest.mark.parametrize(
    ("items", "well"),
    [
        ([{"slug": "a", "prompt": "b", "loras": ["ink:0.5", {"id": "x", "weight": 2}], "count": 3}], True),
        ({"$schema": "x", "defaults": {"aspect": "16:9", "loras": "ink"}, "items": [{"slug": "a", "text": "b"}]}, True),
        ([], False),
        ([{"slug": "a"}], False),
        ([{"slug": "A", "prompt": "b"}], False),
        ([{"slug": "a", "prompt": "b", "text": "c"}], False),
        ([{"slug": "a", "prompt": "b", "colour": "red"}], False),
        ([{"slug": "a", "prompt": "b", "steps": 1.5}], False),
        ({"defaults": {"style": "ink"}, "items": [{"slug": "a", "prompt": "b"}]}, True),
        ([{"slug": "a", "prompt": "b", "style": 7}], False),
        ({"defaults": {"slug": "a"}, "items": [{"slug": "a", "prompt": "b"}]}, False),
    ],
)
def test_schema_and_bot_agree(tmp_path: Path, items: object, well: bool) -> None:
    """What an editor marks is what the bot refuses."""
    validator = jsonschema.Draft202012Validator(fields.schema())
    assert validator.is_valid(items) is well
    file = tmp_path / "batch.json"
    file.write_text(json.dumps(items))
    assert run(str(file))[0] == (0 if well else 1)


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


def test_pictures_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    """And nowhere else; a slug is believed, because there is no ledger to ask."""
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "quay.png").write_bytes(b"any")
    file = tmp_path / "batch.json"
    names = ["refs/quay.png", "red-boat", "quay.png", "../batch.json"]
    items = [{"slug": f"s-{n}", "prompt": "b", "model": "sdxl", "reference": one} for n, one in enumerate(names)]
    file.write_text(json.dumps(items, indent=1))
    code, told = run(str(file))
    assert code == 1
    assert [line.partition(", field")[0] for line in told.splitlines()[1:]] == ["Line 18, item 3", "Line 24, item 4"]
    assert told.count("did not come along") == 2


def test_limits_are_those_of_the_bot(tmp_path: Path) -> None:
    """As its settings have them; settings that cannot be read are told, with 2."""
    config = tmp_path / "darkroom.toml"
    config.write_text("[discord]\nguild_id = 1\n[limits]\nbatch_items = 3\n")
    code, told = run(str(EXAMPLE), "--config", str(config))
    assert (code, "at most 3 are taken" in told) == (1, True)
    config.write_text("[limits]\nbatch_items = 3\n")
    code, told = run(str(EXAMPLE), "--config", str(config))
    assert (code, "discord" in told) == (2, True)
