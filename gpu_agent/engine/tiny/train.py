"""From nothing to the folder that ships, stage after stage; each goes on where it was stopped."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gpu_agent.engine.tiny import pictures, tokens, train_autoencoder, train_text, train_unet
from gpu_agent.engine.tiny.assemble import assemble
from gpu_agent.engine.tiny.course import Course
from gpu_agent.engine.tiny.train_unet import Stock

SEED_SIMPLE, SEED_GENERAL = 101, 102
EASY_SIMPLE, EASY_GENERAL = 0.9, 0.1


@dataclass(frozen=True)
class Recipe:
    """How many pictures and scenes, and the stages' courses."""

    pictures: int
    simple: int
    general: int
    autoencoder: Course
    text: Course
    unet: Course

    def part(self, share: float) -> "Recipe":
        """The same with fewer scenes and steps, for trying it out."""

        def less(count: int) -> int:
            return max(1, round(count * share))

        return Recipe(
            less(self.pictures),
            less(self.simple),
            less(self.general),
            *(replace(course, steps=less(course.steps)) for course in (self.autoencoder, self.text, self.unet)),
        )


SHIPPED = Recipe(
    pictures=6000,
    simple=30_000,
    general=60_000,
    autoencoder=Course("autoencoder", steps=4000, batch=24, rate=2e-3, seed=1, keep=200, average=0.998),
    text=Course("text", steps=1500, batch=128, rate=2.5e-3, seed=2, average=0.99),
    unet=Course("unet", steps=24_000, batch=32, rate=3e-3, seed=3),
)
"""The recipe of the weights that ship."""


def train(recipe: Recipe, work: Path, out: Path, workers: int) -> None:
    """All stages; `work` keeps scenes and checkpoints, `out` gets the pipeline."""
    work.mkdir(parents=True, exist_ok=True)
    autoencoder = train_autoencoder.train(work, recipe.autoencoder, recipe.pictures, workers)
    words = tokens.tokenizer()
    encoder = train_text.train(work, recipe.text, words)
    simple = stock(work, "simple", SEED_SIMPLE, recipe.simple, EASY_SIMPLE, autoencoder, workers)
    general = stock(work, "general", SEED_GENERAL, recipe.general, EASY_GENERAL, autoencoder, workers)
    unet = train_unet.train(work, recipe.unet, simple, general, encoder, words)
    assemble(out, autoencoder, encoder, words, unet)


def stock(work: Path, name: str, seed: int, count: int, easy: float, autoencoder: Any, workers: int) -> Stock:
    """Encoded scenes, from the disk if they are there."""
    latents = pictures.latents(work / f"{name}.npy", seed, count, easy, autoencoder, workers)
    return Stock(latents, seed, easy)
