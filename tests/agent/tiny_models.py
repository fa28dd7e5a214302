"""Untrained pipelines of a few kilobytes, saved as real diffusers folders, and models files that name them."""

# mypy: disable-error-code="no-untyped-call"

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from gpu_agent import catalogue, shelf
from gpu_agent.config import Config
from gpu_agent.engine.engine import Engine
from gpu_agent.order import Order

ENTRY: dict[str, Any] = {
    "id": "tiny",
    "name": "Tiny",
    "licence": "Apache-2.0",
    "commercial": True,
    "steps": 3,
    "guidance": 2.0,
    "negative_acts": True,
    "width": 64,
    "height": 64,
    "multiple": 8,
    "smallest": 32,
    "largest": 128,
    "prompt_limit": 300,
}
DEMO = shelf.folder(catalogue.load()["demo"]) or Path()


def engine(models: Path | catalogue.Catalogue | None = None, root: Path | None = None) -> Engine:
    """One that knows the shipped models and those of this file, or exactly these."""
    known = models if isinstance(models, catalogue.Catalogue) else catalogue.load(models)
    return Engine(shelf.Stock(known), Config(), root or Path(tempfile.mkdtemp(prefix="darkroom-")))


def order(model: str = "demo", prompt: str = "a red circle on a white background", **own: Any) -> Order:
    """A valid order with the model's own size; `own` replaces fields."""
    sides = {"width": 128, "height": 128} if model == "demo" else {"width": 64, "height": 64}
    usual = {"job": "j1", "seed": 5, "steps": 6, "guidance": 2.0}
    return Order(**{**usual, **sides, "model": model, "prompt": prompt, **own})


def models_file(place: Path, *entries: dict[str, Any]) -> Path:
    """A models file of these entries, each over ENTRY; a value of None leaves the key out."""
    lines: list[str] = []
    for entry in entries:
        lines.append("[[model]]")
        lines += [f"{key} = {_toml(value)}" for key, value in {**ENTRY, **entry}.items() if value is not None]
    file = place / "models.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str | Path) else repr(value)


def stable_diffusion(place: Path, change: Callable[[Any], None] = lambda pipeline: None) -> Path:
    """A StableDiffusionPipeline with a KL autoencoder and a PNDM scheduler, which takes one
    evaluation more than it has steps; `change` may spoil it before saving."""
    torch.manual_seed(0)
    unet = diffusers.UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        cross_attention_dim=32,
        attention_head_dim=8,
        norm_num_groups=4,
    )
    tokenizer = _tokenizer()
    parts = {"vae": _vae(4, (8, 8)), "text_encoder": _clip(tokenizer), "tokenizer": tokenizer, "unet": unet}
    pipeline = diffusers.StableDiffusionPipeline(
        **parts,
        scheduler=diffusers.PNDMScheduler(skip_prk_steps=True, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return _saved(pipeline, place, change)


def flux(place: Path) -> Path:
    """A FluxPipeline whose weights are split over shards."""
    torch.manual_seed(0)
    tokenizer = _tokenizer()
    t5 = transformers.T5Config(vocab_size=len(tokenizer), d_model=32, d_ff=37, d_kv=8, num_layers=1, num_heads=4)
    transformer = diffusers.FluxTransformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=(4, 4, 8),
    )
    pipeline = diffusers.FluxPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=_vae(1, (4,)),
        text_encoder=_clip(tokenizer),
        tokenizer=tokenizer,
        text_encoder_2=transformers.T5EncoderModel(t5),
        tokenizer_2=tokenizer,
        transformer=transformer,
    )
    return _saved(pipeline, place, lambda pipeline: None, max_shard_size="20KB")


def _tokenizer() -> Any:
    return transformers.CLIPTokenizer.from_pretrained(DEMO / "tokenizer")


def _clip(tokenizer: Any) -> Any:
    config = transformers.CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=1,
        num_attention_heads=4,
        max_position_embeddings=32,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return transformers.CLIPTextModel(config)


def _vae(channels: int, blocks: tuple[int, ...]) -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=blocks,
        down_block_types=("DownEncoderBlock2D",) * len(blocks),
        up_block_types=("UpDecoderBlock2D",) * len(blocks),
        latent_channels=channels,
        norm_num_groups=1,
        use_quant_conv=False,
        use_post_quant_conv=False,
        shift_factor=0.0,
    )


def _saved(pipeline: Any, place: Path, change: Callable[[Any], None], **how: Any) -> Path:
    with torch.no_grad():
        change(pipeline)
    pipeline.save_pretrained(place, **how)
    return place
