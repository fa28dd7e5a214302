"""A built pipeline is put where its plan wants it: on the device, or in the machine's memory with a way to come there.

Hooks are laid on the parts and not on the pipeline, so that any pipeline over the same parts finds them settled. Each
rung gives the same picture bit for bit; only tiles, and a quantized denoiser, change it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import torch
from accelerate.hooks import ModelHook, add_hook_to_module
from accelerate.utils import send_to_device
from diffusers.hooks.group_offloading import _is_group_offload_enabled as is_group_offload_enabled
from diffusers.hooks.group_offloading import _maybe_remove_and_reapply_group_offloading as lay_hooks_anew
from diffusers.hooks.group_offloading import apply_group_offloading

from gpu_agent.engine import staging
from gpu_agent.engine.families.family import Family
from gpu_agent.planner import Plan

_TEXT = "text_encoder"  # what all pipelines call them, with a number behind the further ones
TILE = 512  # pixels
_STRIDE = 0.75  # of a tile to the next one; what overlaps is blended
_ROOMY = 2  # times a part's bytes: with that much memory free, all of the part is made ready for the card's own reading


def settle(pipeline: Any, plan: Plan, family: Family) -> None:
    """Place every part of a pipeline that lies in the machine's memory. For once after loading."""
    parts = _modules(pipeline)
    denoisers = [parts.pop(name) for name in family.denoisers if name in parts]
    texts = [parts.pop(name) for name in tuple(parts) if name.startswith(_TEXT)]
    _settle_denoisers(denoisers, list(parts.values()), plan)
    for text in texts:
        if plan.text == "card":
            staging.send(text, plan.device)
        else:
            _stream(text, plan, "leaf_level")
    tile(pipeline, plan)


def join(part: Any, plan: Plan) -> Any:
    """Place a part that came later (a ControlNet, an image encoder) beside the others; for each order it is used in."""
    if plan.rung not in ("leaf-offload", "sequential"):
        return part.to(plan.device)
    if not is_group_offload_enabled(part):
        _stream(part, plan, "leaf_level")
    return part


def changed(part: Any) -> None:
    """Layers were added to a part that is settled, or taken from it: what brings it to the device has to know them."""
    lay_hooks_anew(part)


def tile(pipeline: Any, plan: Plan) -> None:
    """Decode in tiles of 512 pixels and picture by picture, or in one piece again; for each order."""
    vae = pipeline.vae
    if plan.tiled:
        in_tiles(vae)
    else:
        vae.disable_tiling()
    if plan.sliced:
        vae.enable_slicing()
    else:
        vae.disable_slicing()


def in_tiles(vae: Any) -> None:
    """Decode from now on in tiles of 512 pixels.

    The autoencoders of clips can be told a tile's size; those of pictures come with the size they were trained at,
    as large as the picture itself, or with one of 32 pixels where nobody wrote that down.
    """
    if hasattr(vae, "tile_sample_min_height"):
        sizes = {"min": TILE, "stride": int(TILE * _STRIDE)}
        vae.enable_tiling(
            **{f"tile_sample_{what}_{side}": sizes[what] for what in sizes for side in ("height", "width")}
        )
        return
    vae.enable_tiling()
    shrink = 2 ** (len(vae.config.block_out_channels) - 1)
    vae.tile_sample_min_size, vae.tile_latent_min_size = TILE, TILE // shrink
    if hasattr(vae, "spatial_scale_factor"):  # of a tiny one, which takes its three colours for three halvings
        vae.spatial_scale_factor = shrink


def same_place(one: Plan, other: Plan) -> bool:
    """Does a model that was settled by one plan serve the other as it lies?"""
    names = ("rung", "device", "dtype", "format", "text")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _modules(pipeline: Any) -> dict[str, Any]:
    return {name: part for name, part in pipeline.components.items() if isinstance(part, torch.nn.Module)}


def _settle_denoisers(denoisers: list[Any], others: list[Any], plan: Plan) -> None:
    if plan.rung == "model-offload":
        take_turns([*others, *denoisers], plan.device)
        return
    for part in others:
        staging.send(part, plan.device)
    if plan.rung in ("streamed", "leaf-offload", "sequential"):
        for part in denoisers:
            _stream(part, plan, "block_level" if plan.rung == "streamed" else "leaf_level")
    elif plan.rung == "resident" or len(denoisers) == 1:
        for part in denoisers:
            staging.send(part, plan.device)
    else:
        take_turns(denoisers, plan.device)  # experts of which one works at a time


def take_turns(parts: Sequence[Any], device: str) -> None:
    """Of these parts one at a time is on the device."""
    for part in parts:
        add_hook_to_module(part, Turn(torch.device(device), [other for other in parts if other is not part]))


class Turn(ModelHook):  # type: ignore[misc]  # accelerate is not typed
    """A part comes to the device when it is called, and all others of its round leave.

    accelerate's own hook sends away only the part before it: after a render that ended half way, two would be there.
    """

    def __init__(self, device: torch.device, others: Sequence[Any]) -> None:
        self.execution_device = device
        self._others = others

    def init_hook(self, module: Any) -> Any:
        return module.to("cpu")

    def pre_forward(self, module: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        for other in self._others:
            other.to("cpu")
        module.to(self.execution_device)
        return send_to_device(args, self.execution_device), send_to_device(kwargs, self.execution_device)


def _stream(part: Any, plan: Plan, how: str) -> None:
    """Leaves or blocks come just before they are needed; a card fetches the next ones while it computes, but on the
    last rung, which takes no memory for that. (accelerate's own way there takes no LoRAs.)"""
    fetching: dict[str, Any] = {}
    if plan.device.startswith("cuda") and plan.rung != "sequential":
        fetching = {"use_stream": True, "record_stream": True, "low_cpu_mem_usage": not _room_to_pin(part)}
    apply_group_offloading(
        part,
        onload_device=torch.device(plan.device),
        offload_device=torch.device("cpu"),
        offload_type=how,
        num_blocks_per_group=1,
        **fetching,
    )


def _room_to_pin(part: Any) -> bool:
    size = sum(tensor.nbytes for tensor in _tensors(part))
    return bool(psutil.virtual_memory().available >= _ROOMY * size)


def _tensors(part: Any) -> Iterator[torch.Tensor]:
    yield from part.parameters()
    yield from part.buffers()
