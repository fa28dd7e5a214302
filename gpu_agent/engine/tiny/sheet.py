"""What the trained model draws: a sheet of unpicked pictures, and how often it is right."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from textwrap import wrap
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageDraw, ImageFont

from gpu_agent.engine.tiny.grammar import caption
from gpu_agent.engine.tiny.judge import judge
from gpu_agent.engine.tiny.paint import SIDE
from gpu_agent.engine.tiny.scene import Scene, sample

Pictures = npt.NDArray[np.uint8]
STEPS, GUIDANCE = 20, 2.0
PROMPTS = (
    "a red circle on a white background",
    "a blue square on a yellow background",
    "a green triangle on a pink background",
    "a yellow star at night",
    "a pink heart on a turquoise background",
    "an orange ring in the sky",
    "a purple diamond on a gray background",
    "two green hexagons on a black background",
    "a yellow moon at night",
    "a sun over the desert",
    "a white cloud in the sky at sunset",
    "an orange house in the hills",
    "three trees in the desert",
    "a red car in the mountains",
    "a gray cat on a blue background",
    "a pink flower on green",
    "a red boat on the sea at sunset",
    "two orange fish, sea",
    "mountains at night",
    "a purple square and a yellow circle on a white background",
    "a watercolour painting of a red boat on the sea",
    "a poster of a yellow sun over green hills",
    "a blueprint of a house",
    "a pink heart, night neon",
)
_AT_ONCE = 8
_ACROSS = 6
_LABEL = 26


def pipeline(weights: Path) -> Any:
    """The folder's pipeline, in full precision on the processor."""
    found: Any = StableDiffusionPipeline.from_pretrained(weights, dtype=torch.float32, local_files_only=True)
    found.set_progress_bar_config(disable=True)
    for part in (found.unet, found.vae):
        part.to(memory_format=torch.channels_last)  # a quarter faster there
    return found


def drawn(found: Any, prompts: Sequence[str], first_seed: int) -> Iterator[Pictures]:
    """A picture (256, 256, 3) for each prompt, with seeds counted up."""
    for start in range(0, len(prompts), _AT_ONCE):
        some = list(prompts[start : start + _AT_ONCE])
        seeds = [torch.Generator("cpu").manual_seed(first_seed + start + number) for number in range(len(some))]
        pixels = found(some, num_inference_steps=STEPS, guidance_scale=GUIDANCE, generator=seeds, output_type="np")
        yield from (pixels.images * 255).round().astype(np.uint8)


def write(weights: Path, out: Path, first_seed: int = 1) -> None:
    """The sheet of PROMPTS, one picture each, nothing picked."""
    rows = -(-len(PROMPTS) // _ACROSS)
    image = Image.new("RGB", (_ACROSS * SIDE, rows * (SIDE + _LABEL)), (255, 255, 255))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=10)
    for number, picture in enumerate(drawn(pipeline(weights), PROMPTS, first_seed)):
        left, top = number % _ACROSS * SIDE, number // _ACROSS * (SIDE + _LABEL)
        image.paste(Image.fromarray(picture), (left, top))
        label = "\n".join(wrap(PROMPTS[number], 44))
        pen.text((left + 4, top + SIDE + 2), label, fill=(40, 40, 40), font=font, spacing=1)
    image.save(out)


def asked(count: int, first_seed: int) -> tuple[list[Scene], list[str]]:
    """`count` scenes by lot, none in a style, and a caption of each."""
    lot = Random(first_seed)
    scenes = [sample(lot, 0.4, style="") for _ in range(count)]
    return scenes, [caption(scene, lot) for scene in scenes]


def pictures(found: Any, prompts: Sequence[str], first_seed: int) -> Pictures:
    """One for each prompt, (n, 256, 256, 3)."""
    return np.stack(list(drawn(found, prompts, first_seed)))


def judged(scenes: Sequence[Scene], seen: Pictures) -> dict[str, tuple[int, int]]:
    """For each question: how often right, how often put; of pictures that should show these scenes."""
    right: dict[str, tuple[int, int]] = {}
    for scene, picture in zip(scenes, seen, strict=True):
        for name, answer in asdict(judge(picture, scene)).items():
            good, put = right.get(name, (0, 0))
            right[name] = (good + bool(answer), put + (answer is not None))
    return right


def variety(one: Pictures, other: Pictures) -> float:
    """How far apart two pictures of one prompt are, as a share of how far apart those of two prompts are."""
    between = [_apart(each, np.roll(each, turn, axis=0)) for each in (one, other) for turn in (1, 5)]
    return _apart(one, other) / float(np.mean(between))


def _apart(one: Pictures, other: Pictures) -> float:
    """The mean distance of their pixels, 0..255."""
    return float(np.mean([np.abs(a.astype(np.int16) - b).mean() for a, b in zip(one, other, strict=True)]))
