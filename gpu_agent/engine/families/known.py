"""One value for each family of the catalogue."""

from typing import Any

import torch

from gpu_agent.engine.families.family import Family, chat, middle, packed
from gpu_agent.order import Order


def _places(pipeline: Any, latents: torch.Tensor, order: Order) -> torch.Tensor:
    """FLUX.2 keeps (1, h · w, channels): its patches have become channels for good."""
    patch = 2 * pipeline.vae_scale_factor
    return latents[0].view(order.height // patch, order.width // patch, -1).permute(2, 0, 1)


def _described(pipeline: Any, _tokenizer: Any, prompt: str) -> tuple[str, int]:
    """Qwen-Image asks for a description of the prompt, and throws that question's own tokens away."""
    return pipeline.prompt_template_encode.format(prompt), pipeline.prompt_template_encode_start_idx


def _as_large_as_asked(pipeline: Any, order: Order) -> None:
    """HiDream shrinks or blows up every size to one area. A hair more than the order's: it rounds down."""
    pipeline.default_sample_size = (order.width * order.height) ** 0.5 / pipeline.vae_scale_factor * (1 + 1e-9)


PLAIN = Family(denoisers=("unet", "transformer"))

FAMILIES: dict[str, Family] = {
    "sd": Family(denoisers=("unet",)),
    "sdxl": Family(denoisers=("unet",)),
    "sd3": Family(bounded=("tokenizer_3",)),
    "flux": Family(latents=packed, bounded=("tokenizer_2",), masked=False),
    "flux2": Family(latents=_places, wrapped=chat(thinking=False), masked=False),
    "hidream": Family(sized=_as_large_as_asked),
    "z-image": Family(wrapped=chat(thinking=True), guides_above=0.0),
    "qwen-image": Family(latents=packed, wrapped=_described, no_negative=" "),
    "wan": Family(denoisers=("transformer", "transformer_2"), latents=middle, masked=False),
}


def family(name: str) -> Family:
    """The family of this name; a model of none, or of one that is not known here, is taken for the plainest kind."""
    return FAMILIES.get(name, PLAIN)
