"""Reference pictures through IP-Adapters, for every entry that has one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gpu_agent import catalogue
from gpu_agent.catalogue import Model
from gpu_agent.engine import control, modes, reference
from gpu_agent.engine.fault import Fault
from tests.engine.twins.house import Twins
from tests.engine.twins.playing import Pixels, loaded, pixels

REFERRING = [model.id for model in catalogue.load() if model.adapter is not None]
RED, STRIPED = Image.new("RGB", (48, 48), "red"), Image.linear_gradient("L").resize((48, 48)).convert("RGB")


def _referred(referral: reference.Referral, pipeline: Any, model: Model, image: Image.Image, strength: float) -> Pixels:
    referral.refer(pipeline, model, strength)
    return pixels(pipeline, model, **reference.picture(pipeline, model, image))


@pytest.mark.parametrize("model_id", REFERRING)
def test_a_reference_changes_the_picture_and_leaves_no_trace(twins: Twins, model_id: str) -> None:
    """Another picture and another strength are another result; without one, it is what it was before, bit for bit."""
    model, referral = twins.model(model_id), reference.Referral()
    pipeline = loaded(model)
    bare = pixels(pipeline, model)
    red = _referred(referral, pipeline, model, RED, 0.8)
    striped = _referred(referral, pipeline, model, STRIPED, 0.8)
    faint = _referred(referral, pipeline, model, STRIPED, 0.1)
    assert len({each.tobytes() for each in (bare, red, striped, faint)}) == 4
    assert np.array_equal(red, _referred(referral, pipeline, model, RED, 0.8))
    referral.refer(pipeline, model, None)
    assert np.array_equal(bare, pixels(pipeline, model))
    assert pipeline.image_encoder is None


@pytest.mark.parametrize("model_id", REFERRING)
def test_every_way_of_drawing_takes_a_reference(twins: Twins, model_id: str) -> None:
    """The adapter is put on the loaded pipeline once, and acts in each of those built over its parts."""
    model, referral = twins.model(model_id), reference.Referral()
    pipeline = loaded(model)
    net = control.net_for(model, "canny", torch.float32)
    referral.refer(pipeline, model, 0.7)
    for name in dict.fromkeys(model.pipelines.values()):
        wanted = modes.pipeline_class(model, name)
        other = modes.over(pipeline, wanted, controlnet=net)
        assert other.image_encoder is pipeline.image_encoder
        assert reference.picture(other, model, RED) == {"ip_adapter_image": RED}


def test_the_adapter_stays_for_the_next_reference(twins: Twins) -> None:
    """A batch reads it once."""
    model, referral = twins.model("sdxl"), reference.Referral()
    pipeline = loaded(model)
    referral.refer(pipeline, model, 0.5)
    encoder, processors = pipeline.image_encoder, pipeline.unet.attn_processors
    referral.refer(pipeline, model, 0.9)
    assert pipeline.image_encoder is encoder
    assert pipeline.unet.attn_processors == processors
    assert referral.on


def test_the_processors_that_were_chosen_come_back(twins: Twins) -> None:
    """An attention that was chosen for speed is there again after the reference."""
    model, referral = twins.model("flux-dev"), reference.Referral()
    pipeline = loaded(model)
    chosen = pipeline.transformer.attn_processors
    referral.refer(pipeline, model, 0.5)
    referral.refer(pipeline, model, None)
    after = pipeline.transformer.attn_processors
    assert [id(after[name]) for name in chosen] == [id(processor) for processor in chosen.values()]


def _elsewhere(model: Model, **own: Any) -> Model:
    assert model.adapter is not None
    return model.model_copy(update={"adapter": model.adapter.model_copy(update=own)})


@pytest.mark.parametrize("model_id", REFERRING)
def test_an_adapter_that_is_not_here_is_named(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """The adapter, or its image encoder, is missing: what to fetch is said, and the pipeline draws on as before."""
    model, referral = twins.model(model_id), reference.Referral()
    pipeline = loaded(model)
    bare = pixels(pipeline, model)
    for lacking in (_elsewhere(model, folder=tmp_path), _elsewhere(model, encoder="none"), catalogue.load()[model_id]):
        with pytest.raises(Fault) as missing:
            referral.refer(pipeline, lacking, 0.5)
        assert missing.value.kind == "extra-missing"
        assert missing.value.facts == {"model": model_id, "extra": "reference"}
        assert not referral.on
    assert np.array_equal(bare, pixels(pipeline, model))


@pytest.mark.parametrize("other", ["flux-dev", "sd35-large"])
def test_an_adapter_of_another_family_is_refused(twins: Twins, other: str) -> None:
    """Its tensors do not fit: the pipeline is bare again, and draws as before."""
    model, strange = twins.model("sdxl"), twins.model(other).adapter
    assert strange is not None
    pipeline, referral = loaded(model), reference.Referral()
    bare = pixels(pipeline, model)
    with pytest.raises(Fault) as refused:
        referral.refer(pipeline, _elsewhere(model, folder=strange.folder, file=strange.file), 0.5)
    assert refused.value.kind == "extra-unfit"
    assert np.array_equal(bare, pixels(pipeline, model))


def test_a_pickled_adapter_is_refused(twins: Twins) -> None:
    """By its name, before anything is read."""
    model = _elsewhere(twins.model("sdxl"), file="ip-adapter_sdxl.bin")
    with pytest.raises(Fault) as refused:
        reference.Referral().refer(loaded(model), model, 0.5)
    assert refused.value.kind == "extra-unfit"
