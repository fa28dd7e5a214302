"""A denoiser in GGUF takes the place of the folder's own: from a file that is written here with the format's own
library to a picture."""

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from gpu_agent import shelf
from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.config import Config
from gpu_agent.engine.engine import Engine
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Order
from gpu_agent.shelf import Stock
from tests.agent.engine.conftest import silent
from tests.engine.orders import Orders
from tests.engine.twins.house import Twins

WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"
EIGHT_BITS, FULL = gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.F32
_BLOCK = 32


def _written(twin: Path, file: Path, kind: Any, *, without: str = "") -> Path:
    """The twin's denoiser as GGUF: matrices with whole blocks in this quantization, the rest at full length."""
    writer = gguf.GGUFWriter(file, "flux")
    for name, values in load_file(twin / WEIGHTS).items():
        if without and name.startswith(without):
            continue
        whole = values.ndim == 2 and values.shape[1] % _BLOCK == 0
        used = kind if whole else FULL
        writer.add_tensor(name, gguf.quantize(values.astype(np.float32), used), raw_dtype=used)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def _model(twins: Twins, file: Path) -> Model:
    """As the shelf makes it of a file that it finds."""
    model = twins.model("flux-schnell")
    parts = tuple(
        part.model_copy(update={"format": "gguf"}) if part.role == "denoiser" else part for part in model.parts
    )
    return model.model_copy(update={"denoiser": file, "parts": parts})


def _engine(model: Model, root: Path) -> tuple[Engine, Order]:
    order = Orders(root / "inputs").order(model, "text")
    return Engine(Stock(Catalogue({model.id: model})), Config(), root), order


def _pixels(engine: Engine, order: Order) -> NDArray[np.float32]:
    return np.asarray(engine.render(order, silent).pixels)


def test_full_numbers_draw_the_folders_own_picture(twins: Twins, tmp_path: Path) -> None:
    """With nothing lost in the file, the pixels are those of the folder but for roundings: other sums, same numbers."""
    plain = _pixels(*_engine(twins.model("flux-schnell"), tmp_path))
    file = _written(twins.folder("flux-schnell"), tmp_path / "full.gguf", FULL)
    assert np.abs(_pixels(*_engine(_model(twins, file), tmp_path)) - plain).max() < 1e-5


def test_a_quantized_file_is_drawn_with_and_said(twins: Twins, tmp_path: Path) -> None:
    """Eight bits: another picture than the folder's but a near one; the receipt names the file and what was lost."""
    plain = _pixels(*_engine(twins.model("flux-schnell"), tmp_path))
    file = _written(twins.folder("flux-schnell"), tmp_path / "short.gguf", EIGHT_BITS)
    assert shelf.present(_model(twins, file))
    engine, order = _engine(_model(twins, file), tmp_path)
    made = engine.render(order, silent)
    assert 0 < np.abs(np.asarray(made.pixels) - plain).mean() < 0.02
    assert made.receipt.lossy == ("gguf weights, not measured here",)
    assert "transformer/short.gguf" in made.receipt.files
    assert WEIGHTS not in made.receipt.files


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def _renamed(file: Path) -> None:
    file.write_bytes(b"\x80\x04" + file.read_bytes())


@pytest.mark.parametrize("harm", [_cut, _renamed])
def test_a_file_that_is_not_whole_is_refused(twins: Twins, tmp_path: Path, harm: Any) -> None:
    """Cut short, or something else under that name: said with the file's name before anything is loaded."""
    file = _written(twins.folder("flux-schnell"), tmp_path / "x.gguf", EIGHT_BITS)
    harm(file)
    engine, order = _engine(_model(twins, file), tmp_path)
    with pytest.raises(Fault) as caught:
        engine.render(order, silent)
    assert (caught.value.kind, caught.value.facts["file"]) == ("weights-damaged", "x.gguf")


def test_a_file_for_something_else_is_refused_and_the_engine_stays(twins: Twins, tmp_path: Path) -> None:
    """One that lacks layers, and one of another model: refused with the file's name; the next order is drawn."""
    lacking = _written(twins.folder("flux-schnell"), tmp_path / "lacking.gguf", FULL, without="transformer_blocks")
    other = _written(twins.folder("qwen-image"), tmp_path / "other.gguf", FULL)
    models = {file.stem: _model(twins, file).model_copy(update={"id": file.stem}) for file in (lacking, other)} | {
        "flux-schnell": twins.model("flux-schnell")
    }
    engine = Engine(Stock(Catalogue(models)), Config(), tmp_path)
    orders = Orders(tmp_path / "inputs")
    for file in (lacking, other):
        with pytest.raises(Fault) as caught:
            engine.render(orders.order(models[file.stem], "text"), silent)
        assert (caught.value.kind, caught.value.facts.get("file")) == ("weights-unfit", file.name), caught.value
    assert _pixels(engine, orders.order(models["flux-schnell"], "text")).any()
