"""One file with all of a model, as other programs keep it, and a folder that says only how its parts are built."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.config import Config
from gpu_agent.engine.engine import Engine
from gpu_agent.engine.fault import Fault
from gpu_agent.shelf import Stock
from gpu_agent.stock import Part
from tests.agent.engine.conftest import silent
from tests.agent.tiny_models import ENTRY, order, stable_diffusion
from tests.agent.weight_files import save_pickle
from tests.engine.single_file import written

PARTS = (
    Part(name="unet", role="denoiser", bytes=2**20),
    Part(name="text_encoder", role="text", bytes=2**20),
    Part(name="vae", role="vae", bytes=2**20),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stable_diffusion(tmp_path_factory.mktemp("sd"))


@pytest.fixture
def model(folder: Path, tmp_path: Path) -> Model:
    """The model as one file; its folder holds no weights."""
    settings = shutil.copytree(folder, tmp_path / "settings")
    for weights in settings.rglob("*.safetensors"):
        weights.unlink()
    file = written(folder, tmp_path / "whole.safetensors")
    return Model(**{**ENTRY, "id": "one", "family": "sd", "folder": settings, "file": file, "parts": PARTS})


def _engine(root: Path, *models: Model) -> Engine:
    return Engine(Stock(Catalogue({model.id: model for model in models})), Config(), root)


def test_one_file_draws_what_the_folder_draws(
    folder: Path, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bit for bit, without trying the network; the receipt names the file, and no weights of the folder."""
    whole = Model(**{**ENTRY, "family": "sd", "folder": folder})
    tried: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *place: tried.append(place))
    engine = _engine(tmp_path, model, whole)
    one, many = (engine.render(order(name), silent) for name in ("one", "tiny"))
    assert np.array_equal(np.asarray(one.pixels), np.asarray(many.pixels))
    assert {name for name in one.receipt.files if name.endswith(".safetensors")} == {"whole.safetensors"}
    assert tried == []


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-64])


def _lacking(file: Path) -> None:
    kept = {name: values for name, values in load_file(file).items() if "middle_block" not in name}
    save_file(kept, file)


def _wider(file: Path) -> None:
    save_file({name: torch.cat([values, values]) for name, values in load_file(file).items()}, file)


def _other(file: Path) -> None:
    save_file({"blocks.0.weight": torch.zeros(4, 4)}, file)


@pytest.mark.parametrize(
    ("harm", "kind"),
    [(_cut, "weights-damaged"), (_lacking, "weights-unfit"), (_wider, "weights-unfit"), (_other, "weights-unfit")],
)
def test_a_file_that_will_not_do_is_refused(
    folder: Path, model: Model, tmp_path: Path, harm: Callable[[Path], None], kind: str
) -> None:
    """Cut short, lacking a layer, of another width, or of another model: said with its name; the engine stays."""
    assert model.file is not None
    harm(model.file)
    engine = _engine(tmp_path, model, Model(**{**ENTRY, "family": "sd", "folder": folder}))
    with pytest.raises(Fault) as caught:
        engine.render(order("one"), silent)
    assert (caught.value.kind, caught.value.facts.get("file")) == (kind, "whole.safetensors"), caught.value
    assert engine.render(order("tiny"), silent).receipt.order.model == "tiny"


@pytest.mark.parametrize("name", ["x.ckpt", "x.pt", "x.safetensors"])
def test_a_pickle_is_never_opened(model: Model, tmp_path: Path, name: str) -> None:
    """Under its own name or disguised: refused, and nothing of what it would do has happened."""
    trace = tmp_path / "trace"
    file = save_pickle(tmp_path / name, trace)
    with pytest.raises(Fault) as caught:
        _engine(tmp_path, model.model_copy(update={"file": file})).render(order("one"), silent)
    expected = "weights-damaged" if name.endswith(".safetensors") else "weights-pickled"
    assert (caught.value.kind, caught.value.facts["file"]) == (expected, name)
    assert not trace.exists()


def test_a_denoisers_file_for_something_else_is_refused(folder: Path, tmp_path: Path) -> None:
    """A file beside the folder whose layers are wider than the folder says."""
    file = tmp_path / "other.safetensors"
    shutil.copy(folder / "unet/diffusion_pytorch_model.safetensors", file)
    _wider(file)
    model = Model(**{**ENTRY, "family": "sd", "folder": folder, "denoiser": file, "parts": PARTS})
    with pytest.raises(Fault) as caught:
        _engine(tmp_path, model).render(order("tiny"), silent)
    assert (caught.value.kind, caught.value.facts["file"]) == ("weights-unfit", "other.safetensors")


@pytest.mark.parametrize("part", ["unet", "text_encoder", "vae"])
def test_a_part_that_lacks_a_layer_is_refused(folder: Path, tmp_path: Path, part: str) -> None:
    """The libraries would fill the place by chance, and the picture would be nobody's."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    (file,) = (copy / part).glob("*.safetensors")
    kept = load_file(file)
    del kept[sorted(name for name, values in kept.items() if values.ndim > 1)[0]]
    save_file(kept, file, metadata={"format": "pt"})
    with pytest.raises(Fault) as caught:
        _engine(tmp_path, Model(**{**ENTRY, "family": "sd", "folder": copy})).render(order("tiny"), silent)
    assert (caught.value.kind, caught.value.facts["file"]) == ("weights-unfit", file.name)
