"""A twin played without the engine: a part of the engine can so be tried alone."""

import inspect
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from PIL import Image

from gpu_agent.catalogue import Model
from gpu_agent.shelf import FoundLora
from gpu_agent.stock import ShelfLora

Pixels = NDArray[np.float32]


def loaded(model: Model) -> Any:
    """The pipeline of a twin, at 32 bit, with what its entry takes from elsewhere."""
    beside = {
        name: getattr(transformers, part.net).from_pretrained(part.folder) for name, part in model.components.items()
    }
    wanted = next(name for mode, name in model.pipelines.items() if mode in ("text", "video", "animate"))
    pipeline = getattr(diffusers, wanted).from_pretrained(model.folder, dtype=torch.float32, **beside)
    pipeline.set_progress_bar_config(disable=True)
    if model.components:  # HiDream draws every picture as large as this says
        pipeline.default_sample_size = model.width // pipeline.vae_scale_factor
    return pipeline


def pixels(pipeline: Any, model: Model, **own: Any) -> Pixels:
    """What the pipeline draws of always the same: values 0..1, with a clip's frames first."""
    torch.manual_seed(0)
    given: dict[str, Any] = {
        "prompt": "a red boat on the sea",
        "num_inference_steps": 2,
        "width": model.width,
        "height": model.height,
        "num_frames": model.frames,
        model.guidance_argument: model.guidance,
        **model.arguments,
    }
    if model.modes == ("animate",):
        given["image"] = Image.new("RGB", (model.width, model.height), "red")
    taken = inspect.signature(type(pipeline).__call__).parameters
    known = {name: value for name, value in (given | own).items() if name in taken}
    drawn = pipeline(**known, generator=torch.Generator("cpu").manual_seed(1), output_type="np")
    seen: Pixels = np.asarray(drawn.images if hasattr(drawn, "images") else drawn.frames)[0]
    return seen


def found(file: Path, family: str = "") -> FoundLora:
    """The file as the shelf finds it."""
    return FoundLora(ShelfLora(id=file.stem, family=family, bytes=file.stat().st_size), file)
