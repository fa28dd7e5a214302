"""The networks of the small model, untrained: ordinary classes of diffusers and transformers with small numbers."""

from typing import Any

import torch
from diffusers import AutoencoderTiny, DDIMScheduler, EulerAncestralDiscreteScheduler, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

TOKENS = 32
WIDTH = 96
LATENTS = 16
DOWN = 8
SPREAD = 0.6
"""The standard deviation that training gives each latent channel; the decoder's own clamp lies far outside it."""


def autoencoder() -> Any:
    """256x256x3 in -1..1 to 32x32x16 and back; 0.5 million weights.

    Started at He's scale: the default of the library's layers stalls a network without normalization.
    """
    channels = (32, 32, 32, 32)
    found: Any = AutoencoderTiny(
        encoder_block_out_channels=channels,
        decoder_block_out_channels=channels,
        num_encoder_blocks=(1, 1, 2, 3),
        num_decoder_blocks=(3, 3, 2, 1),
        latent_channels=LATENTS,
        scaling_factor=round(1 / SPREAD, 4),
        force_upcast=False,
    )
    for module in found.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in found.modules():
        if type(module).__name__ == "AutoencoderTinyBlock":
            module.conv[-1].weight.data.mul_(0.1)  # each block starts as nearly nothing beside its short cut
    return found


def text_encoder(words: int) -> Any:
    """32 tokens to 32 vectors of 96; two layers. `words` is the size of the tokenizer's vocabulary."""
    config = CLIPTextConfig(
        vocab_size=words,
        hidden_size=WIDTH,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=TOKENS,
        projection_dim=WIDTH,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        hidden_act="gelu",
    )
    found = CLIPTextModel(config)
    for name, weights in found.named_parameters():
        if "embedding" in name:
            nn.init.normal_(weights, std=0.1)
    return found


def unet() -> Any:
    """The denoiser over 32x32x16: attention at 8x8 alone, and the pooled text scales and shifts every block, which is
    what binds shapes to words."""
    found: Any = UNet2DConditionModel(
        sample_size=32,
        in_channels=LATENTS,
        out_channels=LATENTS,
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        block_out_channels=(40, 64, 104),
        layers_per_block=1,
        cross_attention_dim=WIDTH,
        attention_head_dim=4,
        norm_num_groups=8,
        use_linear_projection=True,
        addition_embed_type="text",
        encoder_hid_dim=WIDTH,
        addition_embed_type_num_heads=4,
        resnet_time_scale_shift="scale_shift",
    )
    nn.init.zeros_(found.conv_out.weight)
    nn.init.zeros_(found.conv_out.bias)
    return found


def scheduler() -> Any:
    """v-prediction with no signal left at the last step: flat grounds come out in the right colour from pure noise."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        rescale_betas_zero_snr=True,
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


def sampler() -> Any:
    """What draws with the same noise levels: after each step comes fresh noise, so that what a small network sees a
    little wrong in one step is seen anew in the next. Without it outlines end uneven, and circles flat."""
    return EulerAncestralDiscreteScheduler.from_config(scheduler().config)


def weights(module: nn.Module) -> int:
    """How many numbers it has learned."""
    return sum(parameter.numel() for parameter in module.parameters())


def as_pixels(pictures: torch.Tensor) -> torch.Tensor:
    """uint8 (n, side, side, 3) to float (n, 3, side, side) in -1..1."""
    return pictures.permute(0, 3, 1, 2).float().div(127.5).sub(1).contiguous(memory_format=torch.channels_last)
