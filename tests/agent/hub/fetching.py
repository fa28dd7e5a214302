"""The command, in this process, for one model of the stand-in hub: the demo's own files under another name."""

import hashlib
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from gpu_agent import catalogue, shelf
from gpu_agent.cli.fetch import fetch
from tests.agent.tiny_models import DEMO, models_file

WEIGHTS = "unet/diffusion_pytorch_model.safetensors"
FILES = {file.relative_to(DEMO).as_posix(): file.read_bytes() for file in DEMO.rglob("*") if file.is_file()}
SIZE = len(FILES[WEIGHTS])
CUT, CHUNK = 3 << 20, 1 << 20


def run(place: Path, *arguments: str, **entry: Any) -> Result:
    """The command for the model "tiny" of someone/model, whose entry may differ."""
    app = typer.Typer()
    app.command()(fetch)
    own = models_file(place, {"repo": "someone/model", **entry})
    return CliRunner().invoke(app, ["tiny", "--models", str(own), *arguments])


def present(place: Path) -> bool:
    return shelf.present(catalogue.load(models_file(place, {"repo": "someone/model"}))["tiny"])


def storage(place: Path) -> Path:
    return place / "hub/models--someone--model"


def begun(place: Path) -> Path:
    """Where the beginning of the weights waits for its rest."""
    return storage(place) / "blobs" / f"{hashlib.sha256(FILES[WEIGHTS]).hexdigest()}.incomplete"
