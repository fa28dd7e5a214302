"""The engine as a whole: what pictures owe to each other (nothing), and what is done beside the next render."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu_agent.catalogue import Catalogue
from gpu_agent.config import Config
from gpu_agent.engine.engine import Drawn, Engine
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Lora, Order
from gpu_agent.shelf import Stock
from tests.agent.engine.conftest import silent
from tests.engine.orders import Orders
from tests.engine.twins import wearing
from tests.engine.twins.house import Twins
from tests.engine.twins.playing import found


def _engine(twins: Twins, root: Path, *model_ids: str) -> Engine:
    models = {model_id: twins.model(model_id) for model_id in model_ids}
    file = wearing.lora(twins.folder(model_ids[0]), root / "lora.safetensors", text=model_ids[0] == "sdxl")
    return Engine(Stock(Catalogue(models), (found(file, models[model_ids[0]].family),)), Config(), root)


@pytest.mark.parametrize("model_id", ["sdxl", "flux-dev", "z-image-turbo"])
def test_a_picture_does_not_depend_on_its_neighbours(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """The same order gives the same file alone as between others of other words, sizes, ways, LoRAs and models, and
    after one that failed."""
    model, orders = twins.model(model_id), Orders(tmp_path / "inputs")
    plain = orders.order(model, "text")
    alone = _engine(twins, tmp_path, model_id).draw(plain, silent).content
    engine = _engine(twins, tmp_path, model_id, "sd35-medium")
    others = [
        orders.order(model, "text", prompt="green birds", seed=9, steps=2),
        orders.order(model, "inpaint"),
        orders.order(model, "canny"),
        orders.order(model, "text", width=96),
        orders.order(model, "text", loras=(Lora(id="lora", weight=1.0),)),
        orders.order(twins.model("sd35-medium"), "image"),
    ]
    assert engine.draw(plain, silent).content == alone
    for other in others:
        assert engine.draw(other, silent).content != alone
        with pytest.raises(Fault):
            engine.draw(plain.model_copy(update={"loras": (Lora(id="none"),)}), silent)
        assert engine.draw(plain, silent).content == alone, other


def test_a_picture_is_finished_beside_the_next_render(twins: Twins, tmp_path: Path) -> None:
    """Files made in another thread while the next order is rendered are those that are made one after another."""
    engine = _engine(twins, tmp_path, "flux-dev", "wan22-ti2v-5b")
    orders = Orders(tmp_path / "inputs")
    wanted = [
        orders.order(twins.model(model_id), way, job=f"j{seed}", seed=seed)
        for seed, (model_id, way) in enumerate([("flux-dev", "inpaint"), ("wan22-ti2v-5b", "text")] * 2)
    ]
    alone = [engine.draw(order, silent).content for order in wanted]
    with ThreadPoolExecutor(1) as finisher:
        beside = [finisher.submit(engine.finish, engine.render(order, silent)) for order in wanted]
    assert [each.result().content for each in beside] == alone


def _image(drawn: Drawn) -> Any:
    return np.asarray(Image.open(BytesIO(drawn.content)))


def test_what_the_mask_spares_is_the_source_at_any_size(twins: Twins, tmp_path: Path) -> None:
    """Also where the source had to be brought to the order's size, the spared half is that very picture."""
    engine, orders = _engine(twins, tmp_path, "sdxl"), Orders(tmp_path / "inputs")
    order = orders.order(twins.model("sdxl"), "inpaint", width=96, height=64, strength=1.0)
    seen = _image(engine.draw(order, silent))
    source = Image.open(tmp_path / "inputs" / str(order.source)).convert("RGB")
    # 64x64 is cut to the shape of 96x64: the middle two thirds of its height
    wanted = np.asarray(source.resize((96, 64), Image.Resampling.LANCZOS, box=(0, 64 / 6, 64, 64 - 64 / 6)))
    assert np.array_equal(seen[:, 48:], wanted[:, 48:])
    assert not np.array_equal(seen[:, :48], wanted[:, :48])


def test_the_receipt_tells_terms_and_files(twins: Twins, tmp_path: Path) -> None:
    """Licences that hold, every file by a name that tells no place, the LoRA worn, and what was not read."""
    model, orders = twins.model("flux-schnell"), Orders(tmp_path / "inputs")
    engine = _engine(twins, tmp_path, "flux-schnell")
    order = orders.order(model, "canny", prompt="star " * 200, loras=(Lora(id="lora", weight=0.5),))
    told = engine.render(order, silent).receipt
    assert told.licence == "Apache-2.0; FLUX.1 dev Non-Commercial"
    assert not told.commercial
    assert {"model_index.json", "transformer/diffusion_pytorch_model.safetensors", "vae/config.json"} <= set(told.files)
    assert any(name.startswith("canny/") for name in told.files)
    assert not any(name.startswith("/") or str(tmp_path) in name for name in told.files)
    assert [(worn.id, worn.weight) for worn in told.loras] == [("lora", 0.5)]
    assert told.prompt_truncated
    assert order.prompt.strip().endswith(told.dropped)
    assert told.dropped.startswith("star")


def _asked(twins: Twins, root: Path, **own: Any) -> Fault:
    engine = _engine(twins, root, "wan22-t2v-a14b", "hidream-dev")
    model = twins.model(own.pop("model"))
    with pytest.raises(Fault) as caught:
        engine.render(Orders(root / "inputs").order(model, own.pop("way"), **own), silent)
    return caught.value


def test_what_a_model_cannot_do_is_refused(twins: Twins, tmp_path: Path) -> None:
    """A way that it does not claim, and a LoRA that is not there: said with what there is."""
    fault = _asked(twins, tmp_path, model="hidream-dev", way="inpaint")
    assert (fault.kind, fault.facts["mode"], fault.facts["modes"]) == ("mode-missing", "inpaint", "text")
    fault = _asked(twins, tmp_path, model="hidream-dev", way="text", loras=(Lora(id="mine"),))
    assert (fault.kind, fault.facts["lora"], fault.facts["known"]) == ("unknown-lora", "mine", "lora")


def test_an_input_that_is_not_there_costs_no_loading(twins: Twins, tmp_path: Path) -> None:
    """It is missed before the model is loaded, and worth another try once it was sent."""
    told: list[str] = []
    order = Orders(tmp_path / "inputs").order(twins.model("sdxl"), "image").model_copy(update={"source": "f" * 64})

    def report(progress: Any, preview: bytes = b"") -> None:
        told.append(progress.phase)

    with pytest.raises(Fault) as caught:
        _engine(twins, tmp_path, "sdxl").render(order, report)
    assert (caught.value.kind, caught.value.worth_retrying, told) == ("input-missing", True, [])


def _evaluated(engine: Engine, order: Order) -> list[int]:
    steps: list[int] = []

    def report(progress: Any, preview: bytes = b"") -> None:
        if progress.phase == "rendering":
            steps.append(progress.step)

    engine.render(order, report)
    return steps


def test_even_the_least_strength_makes_a_step(twins: Twins, tmp_path: Path) -> None:
    """Strength 0 leaves the picture nearly as it is, and is not an error; half of four steps are two."""
    engine, orders = _engine(twins, tmp_path, "sdxl"), Orders(tmp_path / "inputs")
    steps = [
        _evaluated(engine, orders.order(twins.model("sdxl"), "image", strength=share, steps=4)) for share in (0, 0.5, 1)
    ]
    assert steps == [[1], [1, 2], [1, 2, 3, 4]]
