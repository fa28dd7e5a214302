"""Autoencoders that shrink as the real ones do, through four channels."""

# mypy: disable-error-code="no-untyped-call"

from typing import Any

import diffusers

from tests.engine.twins.filled import filled

_BLOCKS = 4  # three halvings: eightfold
_MEAN, _SPREAD = 0.1, 1.5


def kl(channels: int, quantized: bool = False, **own: Any) -> Any:
    """AutoencoderKL; `quantized` ones (SDXL) have the two further convolutions."""
    return filled(
        diffusers.AutoencoderKL(
            **_blocks(), latent_channels=channels, use_quant_conv=quantized, use_post_quant_conv=quantized, **own
        )
    )


def flux2() -> Any:
    """Its latents are folded by two and brought to mean 0 and spread 1 by figures that came out of training."""
    return filled(diffusers.AutoencoderKLFlux2(**_blocks(), latent_channels=32))


def qwen() -> Any:
    return filled(diffusers.AutoencoderKLQwenImage(base_dim=4, dim_mult=[1] * 4, num_res_blocks=1))


def wan() -> Any:
    return filled(diffusers.AutoencoderKLWan(base_dim=4, dim_mult=[1] * 4, num_res_blocks=1))


def wan_5b() -> Any:
    """The newer one: sixteenfold, with 48 channels."""
    return filled(
        diffusers.AutoencoderKLWan(
            base_dim=4,
            z_dim=48,
            dim_mult=[1] * 4,
            num_res_blocks=1,
            is_residual=True,
            patch_size=2,
            in_channels=12,
            out_channels=12,
            scale_factor_spatial=16,
            latents_mean=[_MEAN] * 48,
            latents_std=[_SPREAD] * 48,
        )
    )


def _blocks() -> dict[str, Any]:
    return {
        "block_out_channels": (4,) * _BLOCKS,
        "down_block_types": ("DownEncoderBlock2D",) * _BLOCKS,
        "up_block_types": ("UpDecoderBlock2D",) * _BLOCKS,
        "layers_per_block": 1,
        "norm_num_groups": 2,
    }
