"""Trained networks become the folder that ships: a StableDiffusionPipeline in half precision."""

from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from gpu_agent.engine.tiny import network


def assemble(folder: Path, autoencoder: Any, encoder: Any, words: Any, unet: Any) -> None:
    """Write the pipeline's folder; what was there is written over file by file. The networks are half as precise
    afterwards."""
    pipeline: Any = StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=encoder,
        tokenizer=words,
        unet=unet,
        scheduler=network.sampler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.to("cpu", torch.float16)
    pipeline.save_pretrained(folder, safe_serialization=True)
