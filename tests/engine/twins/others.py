"""HiDream and Wan."""

# mypy: disable-error-code="no-untyped-call"

from typing import Any

import diffusers

from tests.engine.twins import autoencoders, encoders, tokens
from tests.engine.twins.encoders import NARROW, WIDTH
from tests.engine.twins.filled import filled

_WAN = {
    "num_attention_heads": 2,
    "attention_head_dim": 12,
    "text_dim": WIDTH,
    "freq_dim": 32,
    "ffn_dim": 32,
    "num_layers": 1,
    "rope_max_seq_len": 32,
}


def hidream(scheduler: Any) -> Any:
    """Without its fourth text encoder, which the real folder does not hold either."""
    transformer = diffusers.HiDreamImageTransformer2DModel(
        patch_size=2,
        in_channels=16,
        out_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_channels=[WIDTH, NARROW],
        text_emb_dim=2 * WIDTH,
        axes_dims_rope=(4, 2, 2),
        max_resolution=(32, 32),
        llama_layers=[0, 1],
    )
    return diffusers.HiDreamImagePipeline(
        scheduler=scheduler,
        vae=autoencoders.kl(16, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=encoders.clip(projected=True),
        tokenizer=tokens.clip(),
        text_encoder_2=encoders.clip(projected=True, seed=1),
        tokenizer_2=tokens.clip(),
        text_encoder_3=encoders.t5(),
        tokenizer_3=tokens.t5(),
        text_encoder_4=None,
        tokenizer_4=None,
        transformer=filled(transformer),
    )


def hidream_full() -> Any:
    return hidream(_unipc(3.0))


def hidream_dev() -> Any:
    return hidream(diffusers.FlowMatchLCMScheduler(shift=6.0))


def hidream_fast() -> Any:
    return hidream(diffusers.FlowMatchLCMScheduler(shift=3.0))


def wan_text() -> Any:
    both = {"transformer": _wan(16, 0), "transformer_2": _wan(16, 1)}
    return diffusers.WanPipeline(**_wan_rest(autoencoders.wan()), **both, boundary_ratio=0.875)


def wan_image() -> Any:
    """Its denoisers are given the first frame's latents and a mask of four channels beside their own."""
    both = {"transformer": _wan(36, 0), "transformer_2": _wan(36, 1)}
    return diffusers.WanImageToVideoPipeline(**_wan_rest(autoencoders.wan()), **both, boundary_ratio=0.9)


def wan_5b() -> Any:
    rest = _wan_rest(autoencoders.wan_5b())
    return diffusers.WanPipeline(**rest, transformer=_wan(48, 0), transformer_2=None, expand_timesteps=True)


def _wan(channels: int, seed: int) -> Any:
    out = 48 if channels == 48 else 16
    return filled(diffusers.WanTransformer3DModel(**_WAN, in_channels=channels, out_channels=out), seed)


def _wan_rest(vae: Any) -> dict[str, Any]:
    return {"tokenizer": tokens.t5(), "text_encoder": encoders.umt5(), "vae": vae, "scheduler": _unipc(3.0)}


def _unipc(shift: float) -> Any:
    return diffusers.UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift)
