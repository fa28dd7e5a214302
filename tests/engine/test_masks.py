"""Masks on denoisers whose latents are deeper than those of the models that diffusers had in mind."""

from typing import Any

import diffusers
import pytest
import torch
from PIL import Image

from gpu_agent.engine.modes import masks_for_all
from gpu_agent.engine.tiny import network, tokens

CHANNELS = network.LATENTS


def pipeline(kind: str) -> Any:
    """Of our own untrained networks, with latents of sixteen channels."""
    words = tokens.tokenizer()
    made: Any = getattr(diffusers, kind)(
        vae=network.autoencoder(),
        text_encoder=network.text_encoder(len(words)),
        tokenizer=words,
        unet=network.unet(),
        scheduler=network.scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    made.set_progress_bar_config(disable=True)
    return made


def test_what_the_mask_spares_is_kept_with_latents_of_any_depth() -> None:
    """The library alone refuses them; afterwards the denoiser says of itself what it said before."""
    torch.manual_seed(1)
    inpaint = pipeline("StableDiffusionInpaintPipeline")
    mask = Image.new("L", (64, 64))
    mask.paste(255, (0, 0, 32, 64))
    given = {"prompt": "a", "image": Image.new("RGB", (64, 64), "blue"), "mask_image": mask, "num_inference_steps": 2}
    size = {"width": 64, "height": 64, "output_type": "latent"}
    with pytest.raises(ValueError, match="4 or 9"):
        inpaint(**given, **size)
    with masks_for_all(inpaint):
        drawn = inpaint(**given, **size).images
    with torch.no_grad():
        source = inpaint.vae.encode(inpaint.image_processor.preprocess(given["image"])).latents
    source = source * inpaint.vae.config.scaling_factor
    assert drawn.shape == (1, CHANNELS, 8, 8)
    assert torch.equal(drawn[..., 4:], source[..., 4:])
    assert not torch.equal(drawn[..., :4], source[..., :4])
    assert inpaint.unet.config.in_channels == CHANNELS


def test_other_pipelines_are_left_alone() -> None:
    """They make their noise by that number."""
    text = pipeline("StableDiffusionPipeline")
    with masks_for_all(text):
        assert text.unet.config.in_channels == CHANNELS
