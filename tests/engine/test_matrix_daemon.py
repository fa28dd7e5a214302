"""Every entry of the catalogue in every way it claims, from the text to the file, through daemon and worker.

One daemon for all of it, with a models file that puts the twins in the place of the shipped models, and a folder of
LoRAs such as other programs keep.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import av
import pytest
from PIL import Image

from gpu_agent import catalogue
from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.engine import picture
from gpu_agent.order import Order
from gpu_agent.wire import Chunk, Done, Need, Offer
from tests.agent.caller import Caller
from tests.agent.serving import serving
from tests.engine.orders import LORA, NEGATIVE, Orders, ways, wearing
from tests.engine.twins import detectors
from tests.engine.twins import wearing as lora_twins
from tests.engine.twins.build import MODELS
from tests.engine.twins.house import Twins

# A file's layers tell what it was trained for. Those of SD 3.5 are told by their width alone, which a twin has not.
TELLING = {model.id for model in catalogue.load() if model.family != "sd3"}
CASES = [
    (model.id, way)
    for model in catalogue.load()
    for way in ways(model)
    if way != NEGATIVE and (way != LORA or model.id in TELLING)
]


@dataclass(frozen=True)
class Tower:
    """A daemon's address, the models it has, and orders for it with their images."""

    address: str
    models: Catalogue
    orders: Orders


@pytest.fixture(scope="module")
def tower(twins: Twins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tower]:
    place = tmp_path_factory.mktemp("tower")
    detectors.save(place / "hub", *detectors.MADE)
    for name in sorted(TELLING):
        lora_twins.lora(twins.folder(name), place / "kept" / "loras" / f"{name}.safetensors")
    models = twins.models_file(place)
    config = place / "agent.toml"
    config.write_text("[models]\nfile = 'models.toml'\nfolders = ['kept']\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_CACHE", str(place / "hub"))
        with serving(place, "--config", str(config)) as daemon:
            yield Tower(daemon.address, catalogue.load(models), Orders(place / "brought"))


def _sent(caller: Caller, orders: Orders, order: Order) -> None:
    """The images travel before the order does."""
    for digest in order.inputs:
        content = orders.content(digest)
        caller.say(Offer(sha256=digest, bytes=len(content)))
        need = caller.until(Need)
        if need.offset < len(content):
            chunk = Chunk(sha256=digest, offset=need.offset, total=len(content))
            caller.chunk(chunk, content[need.offset :])
            assert caller.until(Need).offset == len(content)


def _rendered(tower: Tower, order: Order) -> tuple[Done, bytes, bytes]:
    """The outcome, the file and its poster."""
    caller = Caller(tower.address)
    try:
        caller.greet()
        _sent(caller, tower.orders, order)
        done = caller.render(order)
        return done, caller.fetch(done.sha256), caller.fetch(done.poster) if done.poster else b""
    finally:
        caller.hang_up()


def _expected(model: Model, order: Order) -> str:
    if order.control is not None:
        return model.controlnets[order.control.kind].pipeline
    return model.pipelines[order.mode]


def _is_the_picture(done: Done, content: bytes, order: Order) -> None:
    image = Image.open(BytesIO(content))
    assert (image.format, image.size) == ("PNG", (order.width, order.height))
    assert picture.read_receipt(content) == done.receipt
    assert done.poster is None


def _is_the_clip(done: Done, content: bytes, poster: bytes, order: Order) -> None:
    with av.open(BytesIO(content), "r") as clip:
        frames = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
        assert clip.streams.video[0].codec_context.name == "h264"
    assert len(frames) == order.frames
    assert frames[0].shape == (order.height, order.width, 3)
    assert Image.open(BytesIO(poster)).size == (order.width, order.height)


def test_the_daemon_is_asked_for_every_entry() -> None:
    """An entry without a twin would be drawn with nothing."""
    assert {model_id for model_id, _ in CASES} == set(MODELS) == {model.id for model in catalogue.load()}


@pytest.mark.parametrize(("model_id", "way"), CASES)
def test_a_text_becomes_a_file(tower: Tower, model_id: str, way: str) -> None:
    """Images up, order, file down: of the size asked for, drawn by the pipeline that the entry names, with its receipt
    inside."""
    model = tower.models[model_id]
    worn = wearing(model, 0.8) if way == LORA else {}
    order = tower.orders.order(model, way, job=f"{model_id}-{way}".replace(".", "-")[:40], **worn)
    done, content, poster = _rendered(tower, order)
    assert sha256(content).hexdigest() == done.sha256
    assert done.receipt.order == order
    assert done.receipt.pipeline == _expected(model, order)
    assert [(each.id, each.weight) for each in done.receipt.loras] == [(each.id, each.weight) for each in order.loras]
    if order.frames > 1:
        assert done.media == "video/mp4"
        _is_the_clip(done, content, poster, order)
    else:
        assert done.media == "image/png"
        _is_the_picture(done, content, order)
