"""Z-Image and Qwen-Image."""

# mypy: disable-error-code="no-untyped-call"

from typing import Any

import diffusers

from tests.engine.twins import autoencoders, encoders, tokens
from tests.engine.twins.encoders import NARROW
from tests.engine.twins.filled import filled

Z_IMAGE = {"dim": 32, "n_refiner_layers": 1, "n_heads": 2, "n_kv_heads": 2}
QWEN = {
    "in_channels": 64,
    "out_channels": 16,
    "attention_head_dim": 16,
    "num_attention_heads": 4,
    "joint_attention_dim": NARROW,
    "axes_dims_rope": (8, 4, 4),
}


def z_image() -> Any:
    transformer = diffusers.ZImageTransformer2DModel(
        **Z_IMAGE, n_layers=2, cap_feat_dim=NARROW, axes_dims=[8, 4, 4], axes_lens=[1024, 64, 64]
    )
    return diffusers.ZImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=autoencoders.kl(16, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=encoders.qwen3(causal=False),
        tokenizer=tokens.qwen(),
        transformer=filled(transformer),
    )


def qwen_image() -> Any:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True, base_shift=0.5, max_shift=0.9, max_image_seq_len=8192, shift_terminal=0.02
    )
    return diffusers.QwenImagePipeline(
        scheduler=scheduler,
        vae=autoencoders.qwen(),
        text_encoder=encoders.qwen25_vl(),
        tokenizer=tokens.qwen(),
        transformer=filled(diffusers.QwenImageTransformer2DModel(**QWEN, num_layers=2)),
    )
