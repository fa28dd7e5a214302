"""What a model wears works on every rung: LoRAs, reference pictures, ControlNets."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import nn

from gpu_agent.engine import control, lora, modes, reference, rungs
from tests.engine.test_rungs import LOWER, hook, plan, settled
from tests.engine.twins import playing, wearing
from tests.engine.twins.house import Twins

PICTURE = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
Drawn = list[bytes]


def with_lora(twins: Twins, model_id: str, rung: str, file: Path) -> Drawn:
    """Bare, worn, worn with less weight, and bare again."""
    model = twins.model(model_id)
    pipeline = settled(twins, model_id, plan(rung))
    found, drawn = playing.found(file, model.family), [playing.pixels(pipeline, model).tobytes()]
    worn: Any = ()
    for wanted in ([(found, 0.8)], [(found, 0.3)], []):
        worn = lora.wear(pipeline, wanted, worn, model.family)
        drawn.append(playing.pixels(pipeline, model).tobytes())
    return drawn


@pytest.mark.parametrize("model_id", ["sdxl", "flux-dev", "wan22-t2v-a14b"])
def test_a_lora_on_every_rung(model_id: str, twins: Twins, tmp_path: Path) -> None:
    """The same four pictures as with the whole model on the device."""
    file = wearing.lora(twins.folder(model_id), tmp_path / "a.safetensors")
    bare, worn, less, again = resident = with_lora(twins, model_id, "resident", file)
    assert bare == again
    assert len({bare, worn, less}) == 3
    for rung in LOWER:
        assert with_lora(twins, model_id, rung, file) == resident, rung


def with_reference(twins: Twins, model_id: str, rung: str) -> tuple[Drawn, list[bool]]:
    """Bare, with a reference picture, and bare again; and whether what was added is brought with the rest."""
    model, referral = twins.model(model_id), reference.Referral()
    pipeline = settled(twins, model_id, plan(rung))
    drawn = [playing.pixels(pipeline, model).tobytes()]
    referral.refer(pipeline, model, 0.8)
    added = [each for each in _denoiser(pipeline).attn_processors.values() if isinstance(each, nn.Module)]
    brought = [hook("leaf-offload", each) for each in added]
    drawn.append(playing.pixels(pipeline, model, **reference.picture(pipeline, model, PICTURE)).tobytes())
    referral.refer(pipeline, model, None)
    return [*drawn, playing.pixels(pipeline, model).tobytes()], brought


def _denoiser(pipeline: Any) -> Any:
    return pipeline.unet if hasattr(pipeline, "unet") else pipeline.transformer


@pytest.mark.parametrize("model_id", ["sdxl", "sd35-large", "flux-dev"])
def test_a_reference_picture_on_every_rung(model_id: str, twins: Twins) -> None:
    """Layers that were added later come to the device with the others."""
    resident, _ = with_reference(twins, model_id, "resident")
    assert resident[0] == resident[2] != resident[1]
    for rung in LOWER:
        drawn, brought = with_reference(twins, model_id, rung)
        assert drawn == resident, rung
        assert brought
        assert all(brought) is (rung in ("leaf-offload", "sequential"))


@pytest.mark.parametrize("model_id", ["sdxl", "flux-dev"])
def test_a_controlnet_on_every_rung(model_id: str, twins: Twins) -> None:
    """It is loaded after the model is settled."""
    model = twins.model(model_id)

    def drawn(rung: str) -> bytes:
        pipeline = settled(twins, model_id, plan(rung))
        net = rungs.join(control.net_for(model, "canny", torch.float32), plan(rung))
        over = modes.over(pipeline, modes.pipeline_class(model, model.controlnets["canny"].pipeline), controlnet=net)
        name = "control_image" if "control_image" in modes.parameters(over) else "image"
        further: dict[str, Any] = {name: PICTURE}
        if model.controlnets["canny"].union is not None:
            further["control_mode"] = model.controlnets["canny"].union
        return playing.pixels(over, model, **further).tobytes()

    resident = drawn("resident")
    assert [rung for rung in LOWER if drawn(rung) != resident] == []
