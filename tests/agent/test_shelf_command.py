"""`gpu-agent shelf`: what the folders of the settings hold, as a table, as JSON, and in sentences."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from gpu_agent.cli.shelf import shelf
from tests.agent.test_shelf_found import CHECKPOINT, lora
from tests.agent.weight_files import save, save_pickle


def run(settings: Path, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(shelf)
    return CliRunner().invoke(app, ["--config", str(settings), *arguments], env={"COLUMNS": "240"})


@pytest.fixture
def settings(tmp_path: Path, nothing_of_ours: None) -> Path:
    """Settings that name one folder, with a model, a LoRA, an autoencoder and a pickle in it."""
    models = tmp_path / "ComfyUI/models"
    save(models / "checkpoints/dream.safetensors", CHECKPOINT)
    lora(models / "loras/ink [v2].safetensors", **{"modelspec.trigger_phrase": "ink wash"})
    save(models / "vae/ae.safetensors", ["decoder.conv_in.weight", "decoder.conv_out.weight"])
    save_pickle(models / "checkpoints/old [bold].ckpt", tmp_path / "trace")
    file = tmp_path / "gpu-agent.toml"
    file.write_text('[models]\nfolders = ["ComfyUI"]\n')
    return file


def test_people_read_what_was_found_and_why_some_was_not(settings: Path) -> None:
    """Rows for models and LoRAs, a count, and a sentence for each file that is refused."""
    ran = run(settings)
    assert ran.exit_code == 0
    rows = [line for line in ran.stdout.splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row.strip("│").split("│")][:2] for row in rows] == [
        ["dream", "sdxl"],
        ["ink-v2", "flux"],
    ]
    assert "1 models, 1 LoRAs; 1 autoencoders" in ran.stdout
    assert "gpu-agent fetch ID" in ran.stdout  # the settings of SDXL are not here
    assert "old bold .ckpt is a pickle (.ckpt), which can run code" in " ".join(ran.stdout.split())


def test_programs_read_the_same(settings: Path, tmp_path: Path) -> None:
    """With where each file lies."""
    told = json.loads(run(settings, "--json").stdout)
    assert [(model["id"], model["ready"]) for model in told["models"]] == [("dream", False)]
    assert [(each["id"], each["triggers"]) for each in told["loras"]] == [("ink-v2", "ink wash")]
    assert [(each["kind"], Path(each["where"]).name) for each in told["refused"]] == [
        ("file-pickled", "old [bold].ckpt")
    ]
    assert not (tmp_path / "trace").exists()


@pytest.mark.usefixtures("nothing_of_ours")
def test_without_folders_it_says_how_to_name_some(tmp_path: Path) -> None:
    """Rather than print nothing."""
    file = tmp_path / "gpu-agent.toml"
    file.write_text("")
    assert "docs/folders.md" in run(file).stdout
    assert json.loads(run(file, "--json").stdout) == {"models": [], "loras": [], "refused": []}


def test_our_own_lora_alone_is_no_folder(tmp_path: Path) -> None:
    """It is listed, and the sentence about folders still stands."""
    file = tmp_path / "gpu-agent.toml"
    file.write_text("")
    assert "docs/folders.md" in run(file).stdout
    assert [lora["id"] for lora in json.loads(run(file, "--json").stdout)["loras"]] == ["sketch"]
