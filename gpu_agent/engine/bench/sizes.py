"""The shipped models' parts at their full size, as their makers' settings have them: what the catalogue's numbers are
counted from, and what is timed where weights are absent."""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Callable
from typing import Any

import diffusers
import torch
import transformers

from gpu_agent import catalogue

KNOWN = catalogue.load()
_VAE = {
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
}
_SD3 = {
    "sample_size": 128, "patch_size": 2, "in_channels": 16, "out_channels": 16, "attention_head_dim": 64,
    "joint_attention_dim": 4096, "pooled_projection_dim": 2048, "qk_norm": "rms_norm",
}  # fmt: skip
_SDXL = {
    "block_out_channels": (320, 640, 1280), "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20), "cross_attention_dim": 2048, "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816, "use_linear_projection": True,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), "sample_size": 128,
}  # fmt: skip
_HIDREAM = {
    "patch_size": 2, "in_channels": 16, "out_channels": 16, "num_layers": 16, "num_single_layers": 32,
    "attention_head_dim": 128, "num_attention_heads": 20, "caption_channels": [4096, 4096], "text_emb_dim": 2048,
    "num_routed_experts": 4, "num_activated_experts": 2, "axes_dims_rope": (64, 32, 32), "max_resolution": (128, 128),
    "llama_layers": [*range(32), *[31] * 16],
}  # fmt: skip


def _sd3(layers: int, places: int, **more: Any) -> Any:
    heads = {"num_layers": layers, "num_attention_heads": layers, "caption_projection_dim": 64 * layers}
    return diffusers.SD3Transformer2DModel(**_SD3, **heads, pos_embed_max_size=places, **more)


def _clip(hidden: int, inner: int, layers: int, heads: int, projected: bool) -> Any:
    config = transformers.CLIPTextConfig(
        hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers, num_attention_heads=heads,
        projection_dim=hidden,
    )  # fmt: skip
    return (transformers.CLIPTextModelWithProjection if projected else transformers.CLIPTextModel)(config)


def _t5(kind: str, words: int) -> Any:
    sizes = {"d_model": 4096, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64, "vocab_size": words}
    config = getattr(transformers, f"{kind}Config")(**sizes, feed_forward_proj="gated-gelu")
    return getattr(transformers, f"{kind}EncoderModel")(config)


def _wan(**more: Any) -> Any:
    return diffusers.WanTransformer3DModel(**more)


def _wan22_vae() -> Any:
    return diffusers.AutoencoderKLWan(
        base_dim=160, decoder_base_dim=256, z_dim=48, in_channels=12, out_channels=12, patch_size=2,
        scale_factor_spatial=16, is_residual=True, temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 48, latents_std=[1.0] * 48,
    )  # fmt: skip


def _llama() -> Any:
    return transformers.LlamaForCausalLM(
        transformers.LlamaConfig(hidden_size=4096, intermediate_size=14336, num_hidden_layers=32,
                                 num_attention_heads=32, num_key_value_heads=8, vocab_size=128256)
    )  # fmt: skip


def _qwen3() -> Any:
    return transformers.Qwen3Model(
        transformers.Qwen3Config(hidden_size=2560, intermediate_size=9728, num_hidden_layers=36,
                                 num_attention_heads=32, num_key_value_heads=8, head_dim=128, vocab_size=151936)
    )  # fmt: skip


def _qwen25_vl() -> Any:
    """With its eyes, which are loaded though a prompt has no use for them."""
    text = {
        "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28,
        "num_key_value_heads": 4, "vocab_size": 152064, "tie_word_embeddings": False, "rope_theta": 1e6,
        "rope_scaling": {"mrope_section": [16, 24, 24], "rope_type": "default", "type": "default"},
    }  # fmt: skip
    seeing = {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 3584}
    config = transformers.Qwen2_5_VLConfig(text_config=text, vision_config=seeing, tie_word_embeddings=False)
    return transformers.Qwen2_5_VLForConditionalGeneration(config)


_KL16 = {**_VAE, "latent_channels": 16, "use_quant_conv": False, "use_post_quant_conv": False,
         "scaling_factor": 0.3611, "shift_factor": 0.1159}  # fmt: skip
# (a model, one of its parts) → how to build it; a part that several models share stands with one of them.
FULL: dict[tuple[str, str], Callable[[], Any]] = {
    ("sdxl", "unet"): lambda: diffusers.UNet2DConditionModel(**_SDXL),
    ("sdxl", "text_encoder"): lambda: _clip(768, 3072, 12, 12, projected=False),
    ("sdxl", "text_encoder_2"): lambda: _clip(1280, 5120, 32, 20, projected=True),
    ("sdxl", "vae"): lambda: diffusers.AutoencoderKL(**_VAE, latent_channels=4),
    ("sd35-large", "transformer"): lambda: _sd3(38, 192),
    ("sd35-large", "text_encoder"): lambda: _clip(768, 3072, 12, 12, projected=True),
    ("sd35-large", "text_encoder_3"): lambda: _t5("T5", 32128),
    ("sd35-medium", "transformer"): lambda: _sd3(24, 384, dual_attention_layers=tuple(range(13))),
    ("flux-schnell", "transformer"): lambda: diffusers.FluxTransformer2DModel(),
    ("flux-schnell", "vae"): lambda: diffusers.AutoencoderKL(**_KL16),
    ("flux-dev", "transformer"): lambda: diffusers.FluxTransformer2DModel(guidance_embeds=True),
    ("flux2-klein-4b", "transformer"): lambda: diffusers.Flux2Transformer2DModel(
        num_layers=5, num_single_layers=20, num_attention_heads=24, joint_attention_dim=7680, guidance_embeds=False
    ),
    ("flux2-klein-4b", "vae"): lambda: diffusers.AutoencoderKLFlux2(),
    ("hidream-full", "transformer"): lambda: diffusers.HiDreamImageTransformer2DModel(**_HIDREAM),
    ("hidream-full", "text_encoder_4"): _llama,
    ("z-image-turbo", "transformer"): lambda: diffusers.ZImageTransformer2DModel(),
    ("z-image-turbo", "text_encoder"): _qwen3,
    ("qwen-image", "transformer"): lambda: diffusers.QwenImageTransformer2DModel(),
    ("qwen-image", "text_encoder"): _qwen25_vl,
    ("qwen-image", "vae"): lambda: diffusers.AutoencoderKLQwenImage(),
    ("wan22-t2v-a14b", "transformer"): _wan,
    ("wan22-t2v-a14b", "vae"): lambda: diffusers.AutoencoderKLWan(),
    ("wan22-t2v-a14b", "text_encoder"): lambda: _t5("UMT5", 256384),
    ("wan22-i2v-a14b", "transformer_2"): lambda: _wan(in_channels=36),
    ("wan22-ti2v-5b", "transformer"): lambda: _wan(
        num_layers=30, num_attention_heads=24, ffn_dim=14336, in_channels=48, out_channels=48
    ),
    ("wan22-ti2v-5b", "vae"): _wan22_vae,
}


def builder(model_id: str, part: str) -> Callable[[], Any]:
    """How to build this part of a shipped model; one that models share is known by its bytes, which the catalogue tells
    of each."""
    size = _bytes(model_id, part)
    same = (build for (model, name), build in FULL.items() if _bytes(model, name) == size)
    return FULL.get((model_id, part)) or next(same)


def _bytes(model_id: str, part: str) -> int:
    return next(each.bytes for each in KNOWN[model_id].parts if each.name == part)


def numbers(build: Callable[[], Any]) -> int:
    """How many a part's file holds; what is tied counts once. It is built on a device that keeps nothing."""
    with torch.device("meta"):
        part = build()
    kept = [buffer for name, buffer in part.named_buffers() if name in part.state_dict()]
    return sum(tensor.numel() for tensor in (*part.parameters(), *kept))
