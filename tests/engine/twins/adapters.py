"""IP-Adapters that fit the twins, in the form of the files that there are for the real models."""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers.models.attention_processor import SD3IPAdapterJointAttnProcessor2_0
from diffusers.models.embeddings import IPAdapterTimeImageProjection
from safetensors.torch import save_file

from tests.engine.twins.filled import filled

_SEES: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
_EYE: dict[str, Any] = {**_SEES, "image_size": 32, "patch_size": 16}
_TOKENS, _TIME = 4, 32
State = dict[str, torch.Tensor]


def save(family: str, folder: Path, file: str, place: Path) -> None:
    """The adapter `file` for the pipeline in `folder`, and the image encoder it sees with, in `place`."""
    place.mkdir(parents=True, exist_ok=True)
    state = _MADE[family](folder)
    generator = torch.Generator().manual_seed(7)
    noise = {name: torch.randn(weights.shape, generator=generator) * 0.3 for name, weights in state.items()}
    save_file(noise, place / file)
    _encoder(family).save_pretrained(place / "image_encoder")
    if family == "sd3":
        prepares = transformers.SiglipImageProcessor(size={"height": 32, "width": 32})
        prepares.save_pretrained(place / "image_encoder")


def _encoder(family: str) -> Any:
    if family == "sd3":
        return filled(transformers.SiglipVisionModel(transformers.SiglipVisionConfig(**_EYE)))
    config = transformers.CLIPVisionConfig(**_EYE, projection_dim=16)
    return filled(transformers.CLIPVisionModelWithProjection(config))


def _sdxl(folder: Path) -> State:
    """Pairs for every second of the attention processors, by odd numbers."""
    unet = diffusers.UNet2DConditionModel.from_pretrained(folder / "unet")
    wide = unet.config.cross_attention_dim
    state = _projection("image_proj", wide)
    crossing = [layer for name, layer in unet.named_modules() if name.endswith("attn2")]
    for number, layer in enumerate(crossing):
        for part in ("to_k_ip", "to_v_ip"):
            state[f"ip_adapter.{2 * number + 1}.{part}.weight"] = torch.empty(layer.to_k.out_features, wide)
    return state


def _flux(folder: Path) -> State:
    """In XLabs' names; only blocks with two streams are changed."""
    transformer = diffusers.FluxTransformer2DModel.from_pretrained(folder / "transformer")
    wide, inner = transformer.config.joint_attention_dim, transformer.inner_dim
    state = _projection("ip_adapter_proj_model", wide)
    for block in range(transformer.config.num_layers):
        for part in ("k", "v"):
            name = f"double_blocks.{block}.processor.ip_adapter_double_stream_{part}_proj"
            state |= {f"{name}.weight": torch.empty(inner, wide), f"{name}.bias": torch.empty(inner)}
    return state


def _sd3(folder: Path) -> State:
    """Its projection knows how far the denoising is."""
    transformer = diffusers.SD3Transformer2DModel.from_pretrained(folder / "transformer")
    inner, head = transformer.inner_dim, transformer.config.attention_head_dim
    sees = IPAdapterTimeImageProjection(
        embed_dim=16, output_dim=inner, hidden_dim=_TIME, heads=1, num_queries=_TOKENS, timestep_in_dim=16
    )
    state: State = {f"image_proj.{name}": weights for name, weights in sees.state_dict().items()}
    for number in range(len(transformer.attn_processors)):
        processor = SD3IPAdapterJointAttnProcessor2_0(inner, inner, head, timesteps_emb_dim=_TIME)
        state |= {f"ip_adapter.{number}.{name}": weights for name, weights in processor.state_dict().items()}
    return state


def _projection(prefix: str, wide: int) -> State:
    shapes = {"proj.weight": (_TOKENS * wide, 16), "proj.bias": (_TOKENS * wide,), "norm.weight": (wide,)}
    return {f"{prefix}.{name}": torch.empty(shape) for name, shape in {**shapes, "norm.bias": (wide,)}.items()}


_MADE: dict[str, Callable[[Path], State]] = {"sdxl": _sdxl, "flux": _flux, "sd3": _sd3}
