"""A LoRA that is part of an entry: a style with a model id of its own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_agent import placing, shelf
from gpu_agent.catalogue import Catalogue, CatalogueError, Fused, Model, load
from gpu_agent.config import Config
from gpu_agent.engine import load as engine_load
from gpu_agent.engine import lora
from gpu_agent.engine.engine import Engine
from gpu_agent.engine.fault import Fault
from gpu_agent.planner import Plan
from gpu_agent.shelf import Stock
from gpu_agent.stock import Gpu
from tests.agent.engine.conftest import silent
from tests.engine.orders import Orders
from tests.engine.twins import wearing
from tests.engine.twins.house import Twins
from tests.engine.twins.playing import found, pixels

GB = 10**9
AT_ONCE = Plan(rung="resident", device="cpu", dtype="float32")


def loaded(model: Model) -> Any:
    """As the engine has it."""
    return engine_load.load(model, AT_ONCE, lambda share: None).pipeline


def styled(twins: Twins, model_id: str, folder: Path, **own: Any) -> Model:
    wearing.lora(twins.folder(model_id), folder / "style.safetensors", seed=3)
    style = Fused(folder=folder, file="style.safetensors", **own)
    return twins.model(model_id).model_copy(update={"id": "styled", "fused": (style,)})


@pytest.mark.parametrize("model_id", ["demo", "sdxl", "flux-dev", "z-image-turbo"])
def test_a_fused_lora_draws_as_the_worn_one_does(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """And nothing of it is left to be taken off: other LoRAs come and go above it."""
    model = styled(twins, model_id, tmp_path, weight=0.7)
    plain = loaded(twins.model(model_id))
    bare = pixels(plain, model)
    lora.wear(plain, [(found(tmp_path / "style.safetensors"), 0.7)])
    worn = pixels(plain, model)
    fused = loaded(model)
    once = pixels(fused, model)
    assert np.abs(once - worn).max() < 0.02
    assert np.abs(once - bare).max() > 0.02
    lora.wear(fused, [(found(wearing.lora(twins.folder(model_id), tmp_path / "two.safetensors", seed=5)), 1.0)])
    assert not np.array_equal(pixels(fused, model), once)
    lora.take_off(fused)
    assert np.array_equal(pixels(fused, model), once)


def test_a_receipt_names_what_was_fused(twins: Twins, tmp_path: Path) -> None:
    """The picture can be told from the plain model's, and from one with another file of the same name."""
    model, plain = styled(twins, "demo", tmp_path), twins.model("demo")
    engine = Engine(Stock(Catalogue({"demo": plain, "styled": model})), Config(), tmp_path)
    orders = Orders(tmp_path / "inputs")
    receipts = [engine.draw(orders.order(each, "text"), silent).receipt for each in (plain, model)]
    assert "fused/style.safetensors" in receipts[1].files
    assert receipts[0].weights_sha256 != receipts[1].weights_sha256


def test_an_entry_is_not_here_before_its_lora_is(twins: Twins, tmp_path: Path) -> None:
    model = styled(twins, "demo", tmp_path)
    assert shelf.present(model)
    (tmp_path / "style.safetensors").unlink()
    assert not shelf.present(model)
    with pytest.raises(Fault, match="weights-missing"):
        loaded(model)


def test_a_lora_of_another_model_is_refused(twins: Twins, tmp_path: Path) -> None:
    """At loading, in the words for LoRAs."""
    wearing.lora(twins.folder("flux-dev"), tmp_path / "style.safetensors")
    style = Fused(folder=tmp_path, file="style.safetensors")
    with pytest.raises(Fault, match="lora-unfit"):
        loaded(twins.model("sdxl").model_copy(update={"fused": (style,)}))


def test_its_weights_are_never_shortened() -> None:
    """Nothing can be added to numbers of 8 or 4 bits; the plan goes round those rungs and says why."""
    plain = shelf.on_shelf(load()["flux-dev"])
    card = Gpu(name="RTX 4090", total=24 * GB, free=24 * GB, arch="sm89", ram=64 * GB, ram_free=60 * GB)
    order = Orders(Path()).order(load()["flux-dev"], "text")
    formats = {
        fused: {
            option.plan.format
            for option in placing.considered(plain.model_copy(update={"fused": fused}), order, card)
            if option.plan is not None
        }
        for fused in (False, True)
    }
    assert len(formats[False]) > 1
    assert formats[True] == {""}


def test_nothing_is_fused_into_a_gguf_denoiser(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[model]]\nid = "x"\nbase = "flux-dev"\ndenoiser = "a.gguf"\n'
        'fused = [{ folder = "loras", file = "style.safetensors" }]\n'
    )
    with pytest.raises(CatalogueError, match="nothing can be fused into a GGUF denoiser"):
        load(file)
