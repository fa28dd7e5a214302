"""FLUX.1 and FLUX.2."""

# mypy: disable-error-code="no-untyped-call"

from typing import Any

import diffusers

from tests.engine.twins import autoencoders, encoders, tokens
from tests.engine.twins.encoders import NARROW, WIDTH
from tests.engine.twins.filled import filled

FLUX = {
    "in_channels": 64,
    "num_layers": 1,
    "num_single_layers": 1,
    "attention_head_dim": 16,
    "num_attention_heads": 2,
    "joint_attention_dim": WIDTH,
    "pooled_projection_dim": WIDTH,
    "axes_dims_rope": (4, 4, 8),
}
_KLEIN_READS = (9, 18, 27)  # layers of its text encoder; the pipeline asks for them by number


def schnell() -> Any:
    return _flux(diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0), guided=False)


def dev() -> Any:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True)
    return _flux(scheduler, guided=True)


def klein() -> Any:
    transformer = diffusers.Flux2Transformer2DModel(
        in_channels=128,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=3,
        joint_attention_dim=len(_KLEIN_READS) * NARROW,
        timestep_guidance_channels=32,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    )
    return diffusers.Flux2KleinPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True),
        vae=autoencoders.flux2(),
        text_encoder=encoders.qwen3(causal=True, layers=max(_KLEIN_READS)),
        tokenizer=tokens.qwen(),
        transformer=filled(transformer),
        is_distilled=True,
    )


def _flux(scheduler: Any, guided: bool) -> Any:
    return diffusers.FluxPipeline(
        scheduler=scheduler,
        vae=autoencoders.kl(16, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=encoders.clip(),
        tokenizer=tokens.clip(),
        text_encoder_2=encoders.t5(),
        tokenizer_2=tokens.t5(),
        transformer=filled(diffusers.FluxTransformer2DModel(**FLUX, guidance_embeds=guided)),
    )
