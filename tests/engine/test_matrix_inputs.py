"""Every entry of the catalogue in every way it claims: each thing an order says shapes the picture.

On the tiny twins, in one process; test_matrix_daemon takes each of these ways through daemon and worker.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gpu_agent import catalogue
from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.config import Config
from gpu_agent.engine.engine import Engine
from gpu_agent.order import Control, Order, Reference
from gpu_agent.shelf import Stock
from tests.agent.engine.conftest import silent
from tests.engine.orders import LORA, NEGATIVE, REFERENCE, Orders, ways, wearing
from tests.engine.twins import detectors
from tests.engine.twins import wearing as lora_twins
from tests.engine.twins.build import MODELS
from tests.engine.twins.house import Twins
from tests.engine.twins.playing import found

SHIPPED = catalogue.load()
CASES = [(model.id, way) for model in SHIPPED for way in ways(model)]
Pixels = NDArray[np.float32]
Others = list[dict[str, Any]]


class Room:
    """One engine over all twins, and the images that lie before it."""

    def __init__(self, twins: Twins, root: Path) -> None:
        self.models = {model_id: twins.model(model_id) for model_id in MODELS}
        files = [lora_twins.lora(twins.folder(name), root / "loras" / f"{name}.safetensors") for name in MODELS]
        loras = tuple(found(file, self.models[file.stem].family) for file in files)
        self.engine = Engine(Stock(Catalogue(self.models), loras), Config(), root)
        self.orders = Orders(root / "inputs")

    def pixels(self, order: Order) -> Pixels:
        return np.asarray(self.engine.render(order, silent).pixels)


@pytest.fixture(scope="module")
def room(twins: Twins, tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(twins, tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module", autouse=True)
def hub(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The detectors' repositories are in the hub's cache."""
    cache = tmp_path_factory.mktemp("hub")
    detectors.save(cache, *detectors.MADE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
        yield


def _another_prompt(_room: Room, _model: Model, _way: str) -> Others:
    return [{"prompt": "green birds over a wood"}, {"seed": 6}]


def _another_source(room: Room, _model: Model, _way: str) -> Others:
    return [{"source": room.orders.image("round")}, {"strength": 0.25}, {"prompt": "green birds over a wood"}]


def _another_mask(room: Room, _model: Model, _way: str) -> Others:
    return [{"mask": room.orders.image("top")}, {"source": room.orders.image("round")}, {"strength": 0.25}]


def _another_frame(room: Room, _model: Model, _way: str) -> Others:
    return [{"source": room.orders.image("round")}, {"prompt": "green birds over a wood"}]


def _another_map(room: Room, _model: Model, way: str) -> Others:
    usual = {"kind": way, "image": room.orders.image("striped")}
    others = ({"image": room.orders.image("round")}, {"strength": 0.2}, {"prepared": True})
    return [{"control": Control.model_validate(usual | other)} for other in others]


def _another_reference(room: Room, _model: Model, _way: str) -> Others:
    seen = room.orders.image("round")
    return [
        {"reference": Reference(image=room.orders.image("red"))},
        {"reference": Reference(image=seen, strength=0.1)},
        {"reference": None},
    ]


def _another_negative(_room: Room, _model: Model, _way: str) -> Others:
    return [{"negative": "birds"}, {"negative": ""}]


def _another_weight(_room: Room, model: Model, _way: str) -> Others:
    return [wearing(model, 1.0), wearing(model, -0.5)]


CHANGED: dict[str, Callable[[Room, Model, str], Others]] = {
    "text": _another_prompt,
    "image": _another_source,
    "inpaint": _another_mask,
    "video": _another_prompt,
    "animate": _another_frame,
    "canny": _another_map,
    "depth": _another_map,
    "pose": _another_map,
    REFERENCE: _another_reference,
    NEGATIVE: _another_negative,
    LORA: _another_weight,
}


def test_every_entry_has_a_twin_and_every_way_a_test() -> None:
    """What the catalogue claims without being tried here fails this."""
    assert set(MODELS) == {model.id for model in SHIPPED}
    assert {way for _, way in CASES} <= set(CHANGED)
    for model in SHIPPED:
        claimed = {way for name, way in CASES if name == model.id}
        assert claimed >= {str(mode) for mode in model.modes} - {"control"}
        assert claimed >= set(model.controlnets)


@pytest.mark.parametrize(("model_id", "way"), CASES)
def test_what_an_order_says_shapes_the_picture(room: Room, model_id: str, way: str) -> None:
    """The same order is the same picture; with one thing changed, all the rest and the seed kept, it is another."""
    model = room.models[model_id]
    orders = [room.orders.order(model, way, **own) for own in ({}, {}, *CHANGED[way](room, model, way))]
    pictures = [room.pixels(order) for order in orders]
    assert pictures[0].shape[-3:] == (model.height, model.width, 3)
    assert len(pictures[0]) == (model.frames if model.frames > 1 else model.height)
    assert np.array_equal(pictures[0], pictures[1])
    shown = {(picture * 255).round().astype("uint8").tobytes() for picture in pictures}
    assert len(shown) == len(pictures) - 1


@pytest.mark.parametrize("model_id", [name for name, way in CASES if way == "inpaint"])
def test_what_the_mask_spares_stays(room: Room, model_id: str) -> None:
    """Outside the mask every pixel is the source's, inside it is drawn anew."""
    model = room.models[model_id]
    drawn = room.engine.draw(room.orders.order(model, "inpaint"), silent)
    made = np.asarray(Image.open(BytesIO(drawn.content)))
    stripes = Image.open(BytesIO(room.orders.content(room.orders.image("striped")))).convert("RGB")
    source = np.asarray(stripes.resize((model.width, model.height), Image.Resampling.LANCZOS))
    half = model.width // 2
    assert np.array_equal(made[:, half:], source[:, half:])
    assert not np.array_equal(made[:, :half], source[:, :half])


@pytest.mark.parametrize("model_id", ["demo", "flux-schnell"])
def test_with_few_steps_only_full_strength_forgets_the_source(room: Room, model_id: str) -> None:
    """Nine tenths of four steps are still short of four; and one tenth of them is a step."""
    model = room.models[model_id]
    drawn = {
        (kind, strength): room.pixels(
            room.orders.order(model, "image", source=room.orders.image(kind), strength=strength, steps=4)
        )
        for kind in ("striped", "round")
        for strength in (0.01, 0.9)
    }
    assert len({pixels.tobytes() for pixels in drawn.values()}) == 4


@pytest.mark.parametrize("model_id", [name for name, way in CASES if way == REFERENCE])
def test_all_at_once_and_nothing_stays(room: Room, model_id: str) -> None:
    """A LoRA, a ControlNet and a reference in one order: each of them acts, and the next plain picture is what it was
    before."""
    model = room.models[model_id]
    plain = room.pixels(room.orders.order(model, "text"))
    seen = Reference(image=room.orders.image("round"))
    every = wearing(model, 0.7) | {"reference": seen}
    pictures = [
        room.pixels(room.orders.order(model, "canny", **{name: own for name, own in every.items() if name != left_out}))
        for left_out in ("", *every)
    ]
    assert len({pixels.tobytes() for pixels in (plain, *pictures)}) == 4
    assert np.array_equal(plain, room.pixels(room.orders.order(model, "text")))
