"""What is found in other programs' folders is drawn with: from the file on disk to the picture."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from gpu_agent import shelf
from gpu_agent.config import Config, Models
from gpu_agent.engine.engine import Drawn, Engine
from gpu_agent.engine.render import Report
from gpu_agent.order import Lora, Order
from gpu_agent.shelf import Stock
from gpu_agent.wire import Progress
from tests.engine.twins import wearing
from tests.engine.twins.build import MODELS, OURS, twin_entry
from tests.engine.twins.house import Twins
from tests.engine.twins.models_file import models_file

WEIGHTS = "diffusion_pytorch_model.safetensors"
# What tells siblings apart that differ in nothing but their training.
NAMES = {"sd35-large-turbo": "mine turbo", "hidream-full": "x full", "hidream-dev": "x dev", "hidream-fast": "x fast"}


def silent(_progress: Progress, _preview: bytes = b"") -> None:
    """Nobody looks at the progress of these."""


def moved(twins: Twins, model_id: str, place: Path) -> Path:
    """A copy of the twin whose denoisers lie in ComfyUI's folder instead; gives the copy."""
    copy = shutil.copytree(twins.folder(model_id), place / "settings" / model_id)
    there = place / "ComfyUI/models/diffusion_models"
    there.mkdir(parents=True, exist_ok=True)
    name = NAMES.get(model_id, f"my {model_id}")
    files = sorted(
        (copy / part / WEIGHTS) for part in ("unet", "transformer", "transformer_2") if (copy / part).exists()
    )
    for file, half in zip(files, (" high", " low") if len(files) == 2 else ("",), strict=True):
        file.rename(there / f"{name}{half}.safetensors")
    return copy


def stocked(place: Path, *model_ids: str) -> tuple[Config, Stock]:
    entries = [twin_entry(model_id, place / "settings" / model_id) for model_id in model_ids]
    config = Config(models=Models(file=models_file(place, entries), folders=(place / "ComfyUI",)))
    return config, shelf.take_stock(config)


def drawn(config: Config, stock: Stock, place: Path, order: Order, report: Report = silent) -> Drawn:
    return Engine(stock, config, place / "root").draw(order, report)


@pytest.mark.parametrize("model_id", [each for each in MODELS if each not in OURS])
def test_the_denoiser_of_each_model_is_known_as_a_file(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """It becomes an entry of its own, which is there, while the one it was taken from is not any more."""
    moved(twins, model_id, tmp_path)
    _, stock = stocked(tmp_path, model_id)
    assert stock.refused == ()
    (mine,) = [model for model in stock.catalogue if model.denoiser is not None]
    assert (mine.family, mine.pipelines) == (stock.catalogue[model_id].family, stock.catalogue[model_id].pipelines)
    assert [model.id for model in stock.catalogue if shelf.present(model)] == ["demo", "demo-sketch", mine.id]


@pytest.mark.parametrize("model_id", ["flux-schnell", "sdxl", "z-image-turbo"])
def test_a_found_denoiser_draws_what_it_drew_in_its_own_folder(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """Bit for bit; and a LoRA that lies beside it changes that."""
    wearing.lora(twins.folder(model_id), tmp_path / "ComfyUI/models/loras/Ink.safetensors")
    copy = moved(twins, model_id, tmp_path)
    config, stock = stocked(tmp_path, model_id)
    (mine,) = [model for model in stock.catalogue if model.denoiser is not None]
    size = {"width": mine.width, "height": mine.height, "steps": 2, "guidance": mine.guidance}
    order = Order(job="j1", model=mine.id, prompt="a red boat", seed=5, **size)
    found = drawn(config, stock, tmp_path, order)
    assert (
        found.content != drawn(config, stock, tmp_path, order.model_copy(update={"loras": (Lora(id="ink"),)})).content
    )
    part = next(part for part in ("unet", "transformer") if (copy / part).exists())
    assert mine.denoiser is not None
    shutil.copy(mine.denoiser, copy / part / WEIGHTS)
    at_home = drawn(config, stock, tmp_path, order.model_copy(update={"model": model_id}))
    assert pixels(found) == pixels(at_home)


def pixels(picture: Drawn) -> bytes:
    """A PNG without what it says about its making."""
    with Image.open(BytesIO(picture.content)) as opened:
        return opened.tobytes()
