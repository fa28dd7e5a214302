"""Stable Diffusion XL and 3.5."""

# mypy: disable-error-code="no-untyped-call"

from typing import Any

import diffusers

from tests.engine.twins import autoencoders, encoders, tokens
from tests.engine.twins.encoders import WIDTH
from tests.engine.twins.filled import filled

SDXL = {
    "in_channels": 4,
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "transformer_layers_per_block": (1, 3),  # a third layer is what an SDXL is known by
    "attention_head_dim": (2, 4),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 6 * 8 + WIDTH,
    "cross_attention_dim": 2 * WIDTH,
    "norm_num_groups": 2,
}
SD3 = {
    "sample_size": 16,
    "patch_size": 2,
    "in_channels": 16,
    "attention_head_dim": 8,
    "num_attention_heads": 3,
    "joint_attention_dim": WIDTH,
    "caption_projection_dim": 24,
    "pooled_projection_dim": 2 * WIDTH,
    "pos_embed_max_size": 24,
    "qk_norm": "rms_norm",
}


def sdxl() -> Any:
    unet = diffusers.UNet2DConditionModel(
        **SDXL, sample_size=16, out_channels=4, up_block_types=("CrossAttnUpBlock2D", "UpBlock2D")
    )
    return diffusers.StableDiffusionXLPipeline(
        vae=autoencoders.kl(4, quantized=True, scaling_factor=0.13025),
        text_encoder=encoders.clip(),
        text_encoder_2=encoders.clip(projected=True, seed=1),
        tokenizer=tokens.clip(),
        tokenizer_2=tokens.clip(),
        unet=filled(unet),
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            steps_offset=1,
            timestep_spacing="leading",
        ),
    )


def sd35(dual: tuple[int, ...] = ()) -> Any:
    """`dual` are the layers with a second attention, which the medium one has."""
    transformer = diffusers.SD3Transformer2DModel(**SD3, num_layers=2, out_channels=16, dual_attention_layers=dual)
    return diffusers.StableDiffusion3Pipeline(
        transformer=filled(transformer),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=autoencoders.kl(16, scaling_factor=1.5305, shift_factor=0.0609),
        text_encoder=encoders.clip(projected=True),
        tokenizer=tokens.clip(),
        text_encoder_2=encoders.clip(projected=True, seed=1),
        tokenizer_2=tokens.clip(),
        text_encoder_3=encoders.t5(),
        tokenizer_3=tokens.t5(),
    )
