"""A Stable Diffusion as one file, in the names that its first authors gave the weights."""

import re
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

Weights = dict[str, torch.Tensor]
_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_AUTOENCODER = (
    (r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}"),
    (r"mid_block\.attentions\.0\.group_norm", "mid.attn_1.norm"),
    (r"mid_block\.attentions\.0\.to_(q|k|v)", r"mid.attn_1.\1"),
    (r"mid_block\.attentions\.0\.to_out\.0", "mid.attn_1.proj_out"),
    (r"down_blocks\.(\d)\.resnets", r"down.\1.block"),
    (r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample"),
    (r"up_blocks\.(\d)\.resnets", r"up.\1.block"),
    (r"up_blocks\.(\d)\.upsamplers\.0", r"up.\1.upsample"),
    (r"conv_shortcut", "nin_shortcut"),
    (r"conv_norm_out", "norm_out"),
)


def written(folder: Path, file: Path, blocks: int = 2, layers: int = 1) -> Path:
    """All weights of the pipeline in `folder`, whose network has so many blocks of so many layers, in one file."""
    unet = load_file(folder / "unet/diffusion_pytorch_model.safetensors")
    whole = {f"model.diffusion_model.{_unet(name, blocks, layers)}": values for name, values in unet.items()}
    vae = load_file(folder / "vae/diffusion_pytorch_model.safetensors")
    whole |= {f"first_stage_model.{_vae(name)}": values for name, values in _turned(vae, blocks).items()}
    text = load_file(folder / "text_encoder/model.safetensors")
    whole |= {f"cond_stage_model.transformer.{_text(name)}": values for name, values in text.items()}
    save_file({name: values.contiguous() for name, values in whole.items()}, file)
    return file


def _unet(name: str, blocks: int, layers: int) -> str:
    for ours, theirs in _ENDS.items():
        if name.startswith(ours):
            return name.replace(ours, theirs, 1)
    kind, _, rest = name.partition(".")
    if kind == "mid_block":
        part, number, rest = rest.split(".", 2)
        place = "1" if part == "attentions" else str(2 * int(number))
        return f"middle_block.{place}.{_inside(rest, part)}"
    block, part, number, rest = rest.split(".", 3)
    return f"{_place(kind, int(block), part, int(number), blocks, layers)}.{_inside(rest, part)}"


def _place(kind: str, block: int, part: str, number: int, _blocks: int, layers: int) -> str:
    """Blocks are numbered in one row there; a sampler is the last of its block."""
    if kind == "down_blocks":
        first = 1 + block * (layers + 1)
        return f"input_blocks.{first + (layers if part == 'downsamplers' else number)}.{int(part == 'attentions')}"
    first = block * (layers + 1)
    if part == "upsamplers":  # behind an attention where the block has one, as the first block here does
        return f"output_blocks.{first + layers}.2"
    return f"output_blocks.{first + number}.{int(part == 'attentions')}"


def _inside(rest: str, part: str) -> str:
    if part == "downsamplers":
        return rest.replace("conv", "op", 1)
    if part == "resnets":
        head, _, tail = rest.partition(".")
        return f"{_RESNET[head]}.{tail}"
    return rest


def _turned(vae: Weights, blocks: int) -> dict[str, Any]:
    """The decoder's blocks are counted from the other end there."""

    def turned(found: re.Match[str]) -> str:
        return f"up_blocks.{blocks - 1 - int(found[1])}"

    return {re.sub(r"up_blocks\.(\d)", turned, name): values for name, values in vae.items()}


def _vae(name: str) -> str:
    for ours, theirs in _AUTOENCODER:
        name = re.sub(ours, theirs, name)
    return name


def _text(name: str) -> str:
    return name if name.startswith("text_model.") else f"text_model.{name}"
