"""ControlNets: the net that an entry names for a kind of map, and the map itself."""

import json
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import diffusers
import torch
from PIL import Image
from safetensors import safe_open

from gpu_agent.catalogue import ControlNet, Model
from gpu_agent.engine import detect, extras, pose
from gpu_agent.engine.fault import Fault, out_of_memory
from gpu_agent.order import Control, ControlKind

_MOST_MAPS = 8
_FIND = {"canny": detect.edges, "depth": detect.depth, "pose": pose.pose}


class Maps:
    """Maps of the last few images: the pictures of one batch are held to the same."""

    def __init__(self) -> None:
        self._known: OrderedDict[Any, Image.Image] = OrderedDict()

    def map_for(self, control: Control, image: Image.Image) -> Image.Image:
        """RGB of the image's size. Raises Fault detector-missing, or pose-nobody."""
        if control.prepared:
            return image.convert("RGB")
        key = (control.kind, control.image, image.size)
        if key not in self._known:
            self._known[key] = _FIND[control.kind](image)
        self._known.move_to_end(key)
        if len(self._known) > _MOST_MAPS:
            self._known.popitem(last=False)
        return self._known[key]


def net_for(model: Model, kind: ControlKind, dtype: torch.dtype, denoiser: Any = None) -> Any:
    """The net, on the processor. `denoiser` is the part that it stands beside: a net that is a single file says
    nothing about itself but its shapes. Raises Fault extra-missing or extra-unfit."""
    net = model.controlnets[kind]
    wanted = getattr(diffusers, net.net, None)
    if wanted is None:
        raise Fault("extra-unfit", {"model": model.id, "extra": kind, "fault": f"no class {net.net}"})
    try:
        if net.file:
            return _from_file(wanted, extras.place(net) / net.file, dtype, denoiser)
        return wanted.from_pretrained(extras.place(net), dtype=dtype, use_safetensors=True, local_files_only=True)
    except extras.BROKEN as error:
        if out_of_memory(error):
            raise
        raise extras.fault(model, kind, error) from error


def same(one: ControlNet, other: ControlNet) -> bool:
    """Are they the same weights? One net may know several kinds."""
    return one.model_copy(update={"union": None}) == other.model_copy(update={"union": None})


def _from_file(wanted: Any, file: Path, dtype: torch.dtype, denoiser: Any) -> Any:
    with TemporaryDirectory() as folder:
        config = {"_class_name": wanted.__name__, **_blueprint(file, denoiser)}
        (Path(folder) / extras.CONFIG).write_text(json.dumps(config), encoding="utf-8")
        return wanted.from_single_file(str(file), config=folder, dtype=dtype, local_files_only=True)


def _blueprint(file: Path, denoiser: Any) -> dict[str, Any]:
    """How a net of Z-Image's kind is built, by the shapes in its file. Its layers stand beside every so many of the
    denoiser's. Raises ValueError or KeyError for a file of another kind."""
    with safe_open(file, framework="pt") as opened:
        shapes = {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118
    if any(name.startswith("control_noise_refiner.0.before_proj") for name in shapes):
        raise ValueError("it is of a later kind (2.x) than is known here")
    layers, deep = _count(shapes, "control_layers"), 0 if denoiser is None else denoiser.config.n_layers
    if not 0 < layers <= deep:
        raise ValueError(f"{layers} layers cannot stand beside {deep}")
    wide, comes_in = shapes["control_all_x_embedder.2-1.weight"]
    (head,) = shapes["control_layers.0.attention.norm_q.weight"]
    return {
        "control_layers_places": list(range(0, deep, deep // layers))[:layers],
        "control_refiner_layers_places": [],
        "control_in_dim": comes_in // 4,
        "dim": wide,
        "n_refiner_layers": _count(shapes, "control_noise_refiner"),
        "n_heads": wide // head,
        "n_kv_heads": shapes["control_layers.0.attention.to_k.weight"][0] // head,
    }


def _count(names: Iterable[str], what: str) -> int:
    return len({name.split(".")[1] for name in names if name.startswith(f"{what}.")})
