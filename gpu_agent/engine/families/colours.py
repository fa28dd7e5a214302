"""Latents as colours without the autoencoder: a line fitted to what that very autoencoder makes of known colours.

One look at random patches, and a preview costs a product of two small matrices from then on. It fits any autoencoder,
also one of a model that nobody here has heard of.
"""

from typing import Any

import torch
from torch.nn import functional

_PATCHES, _SIDE = 16, 128  # enough samples for fifty channels


def fitted(vae: Any) -> torch.Tensor:
    """(channels + 1, 3): colours 0..1 are latents, as the decoder takes them, and a one, times this."""
    colours = torch.rand((1, 3, _PATCHES, _PATCHES), generator=torch.Generator("cpu").manual_seed(0))
    image = functional.interpolate(colours, size=(_SIDE, _SIDE), mode="bilinear")
    latents = _encoded(vae, image * 2 - 1)
    wanted = functional.interpolate(image, size=latents.shape[-2:], mode="area")[0].flatten(1).T
    return torch.linalg.lstsq(_with_one(latents), wanted).solution


def shown(latents: torch.Tensor, line: torch.Tensor) -> torch.Tensor:
    """(3, h, w) colours 0..1 of (channels, h, w) latents as the decoder takes them."""
    colours = _with_one(latents) @ line
    return colours.clamp(0, 1).T.reshape(3, *latents.shape[-2:])


def for_decoder(vae: Any, latents: torch.Tensor) -> torch.Tensor:
    """(channels, h, w) as a pipeline keeps them while it denoises, as its autoencoder's decoder takes them."""
    latents, config = latents.float().cpu(), vae.config
    if getattr(config, "latents_mean", None) is not None and getattr(config, "latents_std", None) is not None:
        mean, spread = (torch.tensor(values).view(-1, 1, 1) for values in (config.latents_mean, config.latents_std))
        return latents * spread + mean
    if hasattr(vae, "bn"):  # normalised patch by patch: four values of each channel side by side
        spread = torch.sqrt(vae.bn.running_var + config.batch_norm_eps).float().cpu().view(-1, 1, 1)
        return functional.pixel_shuffle(latents * spread + vae.bn.running_mean.float().cpu().view(-1, 1, 1), 2)
    return latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0.0)


def _with_one(latents: torch.Tensor) -> torch.Tensor:
    samples = latents.float().cpu().flatten(1).T
    return torch.cat([samples, torch.ones(len(samples), 1)], dim=1)


@torch.no_grad()
def _encoded(vae: Any, image: torch.Tensor) -> torch.Tensor:
    """(channels, h, w) of the image (1, 3, height, width), values -1..1; a clip's autoencoder sees one frame."""
    clip = hasattr(vae.config, "temperal_downsample")
    # A part that waits in the machine's memory comes to its device when it is called.
    device = getattr(getattr(vae, "_hf_hook", None), "execution_device", None)
    image = image.to(device if device is not None else vae.device, vae.dtype)
    encoded = vae.encode(image.unsqueeze(2) if clip else image)
    latents = encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.mode()
    return latents[0, :, 0] if clip else latents[0]
