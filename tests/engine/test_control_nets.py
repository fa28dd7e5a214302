"""ControlNets of every entry: found, built, and acting; and what is said where they are missing or of another kind."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gpu_agent import catalogue
from gpu_agent.catalogue import Model
from gpu_agent.engine import control, extras, modes
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Control, ControlKind
from tests.agent.tiny_models import order
from tests.engine.twins.house import Twins
from tests.engine.twins.playing import Pixels, loaded, pixels

KINDS = [(model.id, kind) for model in catalogue.load() for kind in model.controlnets]


def _drawn(twins: Twins, model_id: str, kind: ControlKind, shade: str, strength: float = 1.0) -> Pixels:
    model = twins.model(model_id)
    pipeline, net = loaded(model), model.controlnets[kind]
    built = control.net_for(model, kind, torch.float32, pipeline.transformer if net.file else None)
    pipeline = modes.over(pipeline, modes.pipeline_class(model, net.pipeline), controlnet=built)
    shown = Image.new("RGB", (model.width, model.height), shade)
    name = "control_image" if "control_image" in modes.parameters(pipeline) else "image"
    mode = {} if net.union is None else {"control_mode": net.union}
    return pixels(pipeline, model, **{name: shown}, controlnet_conditioning_scale=strength, **mode)


@pytest.mark.parametrize(("model_id", "kind"), [KINDS[0], *[pair for pair in KINDS if pair[1] == "depth"]])
def test_a_net_holds_the_picture(twins: Twins, model_id: str, kind: ControlKind) -> None:
    """Another map or another strength is another picture."""
    white = _drawn(twins, model_id, kind, "white")
    assert not np.array_equal(white, _drawn(twins, model_id, kind, "red"))
    assert not np.array_equal(white, _drawn(twins, model_id, kind, "white", strength=0.3))


@pytest.mark.parametrize(("model_id", "kind"), KINDS)
def test_every_kind_of_every_entry_has_a_class_and_a_pipeline(model_id: str, kind: ControlKind, twins: Twins) -> None:
    """The names in the catalogue are names of diffusers, and the twin's files make that net."""
    model = twins.model(model_id)
    denoiser = loaded(model).transformer if model.controlnets[kind].file else None
    built = control.net_for(model, kind, torch.float32, denoiser)
    assert type(built).__name__ == model.controlnets[kind].net
    assert modes.pipeline_class(model, model.controlnets[kind].pipeline)


def _without(model: Model, folder: Path) -> Model:
    nets = {kind: net.model_copy(update={"folder": folder, "repo": None}) for kind, net in model.controlnets.items()}
    return model.model_copy(update={"controlnets": nets})


@pytest.mark.parametrize("model_id", ["sdxl", "z-image-turbo"])
def test_a_net_that_is_not_here_is_named(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """What to fetch, by the words that fetch it; also for a repository that the hub's cache does not hold."""
    for model in (_without(twins.model(model_id), tmp_path), catalogue.load()[model_id]):
        with pytest.raises(Fault) as missing:
            control.net_for(model, "depth", torch.float32)
        assert missing.value.kind == "extra-missing"
        assert missing.value.facts == {"model": model_id, "extra": "depth"}


def test_a_net_of_another_kind_is_refused(twins: Twins, tmp_path: Path) -> None:
    """A single file of a later build, and one that is no ControlNet at all."""
    from safetensors.torch import save_file

    model = _without(twins.model("z-image-turbo"), tmp_path)
    name = model.controlnets["depth"].file
    for tensor in ("control_noise_refiner.0.before_proj.weight", "something.else"):
        save_file({tensor: torch.zeros(2, 2)}, tmp_path / name)
        with pytest.raises(Fault) as refused:
            control.net_for(model, "depth", torch.float32)
        assert refused.value.kind == "extra-unfit"


def test_a_net_that_was_cut_short_is_refused(twins: Twins, tmp_path: Path) -> None:
    """Half a file is told like one that is missing: fetching it again mends both."""
    model = _without(twins.model("sdxl"), tmp_path)
    whole = twins.folder("sdxl") / "beside" / "controlnet-depth"
    (tmp_path / "config.json").write_bytes((whole / "config.json").read_bytes())
    weights = (whole / "diffusion_pytorch_model.safetensors").read_bytes()
    (tmp_path / "diffusion_pytorch_model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(Fault) as refused:
        control.net_for(model, "depth", torch.float32)
    assert refused.value.kind == "extra-missing"


def test_the_receipt_can_name_the_nets_files(twins: Twins) -> None:
    """The digests of what the order used beside the model, and of nothing else."""
    model = twins.model("sdxl")
    assert extras.digests(model, order("sdxl")) == {}
    asked = order("sdxl", control=Control(kind="depth", image="a" * 64))
    found = extras.digests(model, asked)
    assert list(found) == ["depth/diffusion_pytorch_model.safetensors"]


def test_one_net_that_knows_several_kinds_is_one_net() -> None:
    """It need not be loaded again for another kind."""
    shipped = catalogue.load()
    sdxl, large = shipped["sdxl"].controlnets, shipped["sd35-large"].controlnets
    assert control.same(sdxl["canny"], sdxl["pose"])
    assert not control.same(large["canny"], large["depth"])
