"""From nothing to the folder that ships, stage after stage; each goes on where it was stopped."""

from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from gpu_agent.engine.tiny import pictures, tokens, train_autoencoder, train_edges, train_sketch, train_text, train_unet
from gpu_agent.engine.tiny.assemble import assemble
from gpu_agent.engine.tiny.course import Course
from gpu_agent.engine.tiny.rendering import Lots
from gpu_agent.engine.tiny.train_unet import Lessons, Stock

SIMPLE, GENERAL, SKETCHES = Lots(101, 0.9), Lots(102, 0.1), Lots(103, 0.4, ("sketch",))
CALM = Lots(104, 0.8, loose=0.3)


CPU = torch.device("cpu")
_STAGES = ("autoencoder", "text", "unet", "sketch", "edges")


@dataclass(frozen=True)
class Recipe:
    """How many pictures and scenes, and the stages' courses."""

    pictures: int
    calm: int
    simple: int
    general: int
    autoencoder: Course
    text: Course
    unet: Course
    sketches: int
    sketch: Course
    edges: Course

    def part(self, share: float) -> "Recipe":
        """The same with fewer scenes and steps, for trying it out."""

        def less(count: int) -> int:
            return max(1, round(count * share))

        counts: dict[str, Any] = {
            name: less(getattr(self, name)) for name in ("pictures", "calm", "simple", "general", "sketches")
        }
        stages: dict[str, Course] = {name: getattr(self, name) for name in _STAGES}
        shorter: dict[str, Any] = {name: replace(course, steps=less(course.steps)) for name, course in stages.items()}
        return replace(self, **counts, **shorter)


SHIPPED = Recipe(
    pictures=6000,
    calm=8000,
    simple=20_000,
    general=20_000,
    autoencoder=Course("autoencoder", steps=3000, batch=24, rate=3e-3, seed=1, keep=200, average=0.998),
    text=Course("text", steps=1500, batch=128, rate=2.5e-3, seed=2, average=0.99),
    unet=Course("unet", steps=17_000, batch=32, rate=3e-3, seed=3),
    sketches=2000,
    sketch=Course("sketch", steps=400, batch=24, rate=2e-3, seed=4),
    edges=Course("edges", steps=300, batch=24, rate=2e-3, seed=5),
)
"""The recipe of the weights that ship."""


def train(recipe: Recipe, work: Path, out: Path, workers: int, device: torch.device = CPU) -> None:
    """All stages; `work` keeps scenes and checkpoints, `out/weights` gets the pipeline, and beside it come the LoRA and
    the ControlNet."""
    work.mkdir(parents=True, exist_ok=True)
    autoencoder = train_autoencoder.train(work, recipe.autoencoder, recipe.pictures, workers, device)
    words = tokens.kept(work)
    encoder = train_text.train(work, recipe.text, words, device)
    calm, simple, general = (
        Stock(pictures.latents(work / f"{name}.npy", lots, count, autoencoder, workers), lots)
        for name, lots, count in (
            ("calm", CALM, recipe.calm),
            ("simple", SIMPLE, recipe.simple),
            ("general", GENERAL, recipe.general),
        )
    )
    unet = train_unet.train(work, recipe.unet, Lessons(calm, simple, general), encoder, words)
    net = train_edges.train(work, recipe.edges, general, unet, encoder, words)
    net.cpu().half().save_pretrained(out / "edges", safe_serialization=True)
    sketches = pictures.latents(work / "sketches.npy", SKETCHES, recipe.sketches, autoencoder, workers)
    stock = Stock(sketches, SKETCHES, silent=True)
    train_sketch.train(work, recipe.sketch, stock, deepcopy(unet), encoder, words, out / "loras")
    assemble(out / "weights", autoencoder, encoder, words, unet)
