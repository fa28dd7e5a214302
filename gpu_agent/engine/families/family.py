"""What one family of models does differently from the others, as a value the engine asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from gpu_agent.order import Order

Latents = Callable[[Any, torch.Tensor, Order], torch.Tensor]
Wrapped = Callable[[Any, Any, str], tuple[str, int]]


def flat(_pipeline: Any, latents: torch.Tensor, _order: Order) -> torch.Tensor:
    """(1, channels, h, w) as most pipelines keep it."""
    return latents[0]


def middle(_pipeline: Any, latents: torch.Tensor, _order: Order) -> torch.Tensor:
    """(1, channels, frames, h, w): the frame in the middle."""
    return latents[0, :, latents.shape[2] // 2]


def packed(pipeline: Any, latents: torch.Tensor, order: Order) -> torch.Tensor:
    """(1, h/2 · w/2, channels · 4): patches of two by two, one after another."""
    patch = 2 * pipeline.vae_scale_factor
    high, wide = order.height // patch, order.width // patch
    patches = latents[0].view(high, wide, -1, 2, 2)
    return patches.permute(2, 0, 3, 1, 4).reshape(-1, 2 * high, 2 * wide)


def as_told(_pipeline: Any, _order: Order) -> None:
    """The pipeline draws the size that it is called with."""


def bare(_pipeline: Any, _tokenizer: Any, prompt: str) -> tuple[str, int]:
    """The prompt goes to the tokenizer as it is."""
    return prompt, 0


def chat(thinking: bool) -> Wrapped:
    """The prompt is what a person says in a chat; the words around it count against the limit."""

    def wrapped(_pipeline: Any, tokenizer: Any, prompt: str) -> tuple[str, int]:
        said = [{"role": "user", "content": prompt}]
        text = tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True, enable_thinking=thinking)
        return str(text), 0

    return wrapped


@dataclass(frozen=True)
class Family:
    """`denoisers` are the parts that run at every step; a pipeline may lack some of them. `latents` gives what a
    pipeline calls by that name as (channels, h, w), still scaled as the pipeline keeps them. `wrapped` gives the
    prompt as the tokenizers get it, and how many of its tokens do not count against their limit. The pipeline's own
    limit binds the tokenizers `bounded`, or all of them.

    `sized` prepares a pipeline that has an own mind about sizes for the order's.

    A negative prompt acts where the guidance is above `guides_above`; `no_negative` stands for none, as some
    pipelines guide only where they are given one.

    `masked` denoisers may be told which tokens do not count: attention has to be able to leave some out.
    """

    denoisers: tuple[str, ...] = ("transformer",)
    latents: Latents = flat
    wrapped: Wrapped = bare
    bounded: tuple[str, ...] = ()
    sized: Callable[[Any, Order], None] = as_told
    guides_above: float = 1.0
    no_negative: str = ""
    masked: bool = True
