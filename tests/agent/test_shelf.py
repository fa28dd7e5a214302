"""The shelf: what is on disk, told from names, sizes and headers alone."""

import json
import shutil
import struct
from pathlib import Path

import huggingface_hub
import pytest

from gpu_agent import catalogue, shelf
from tests.agent.tiny_models import DEMO, models_file


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(DEMO, tmp_path / "weights")


def _present(place: Path, folder: Path) -> bool:
    return shelf.present(catalogue.load(models_file(place, {"folder": folder}))["tiny"])


def test_a_whole_folder_is_present(tmp_path: Path, copied: Path) -> None:
    """The shipped weights, and a copy of them elsewhere."""
    assert shelf.present(catalogue.load()["demo"])
    assert _present(tmp_path, copied)


@pytest.mark.parametrize("part", ["model_index.json", "unet", "tokenizer"])
def test_a_missing_part_makes_a_model_absent(tmp_path: Path, copied: Path, part: str) -> None:
    """The index, a heavy part, a light part: without any of them the model cannot be drawn with."""
    gone = copied / part
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    assert not _present(tmp_path, copied)


@pytest.mark.parametrize("length", [0, 5, 8, 2000, -1])
def test_a_file_cut_short_makes_a_model_absent(tmp_path: Path, copied: Path, length: int) -> None:
    """A download that was cut at any point, even by one byte, is noticed without reading the weights."""
    file = copied / "unet/diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:length])
    assert not _present(tmp_path, copied)


@pytest.mark.parametrize("header", [b"[]", b"{", b'{"w": {}}', b'{"w": 1}'])
def test_a_header_that_is_none_makes_a_model_absent(tmp_path: Path, copied: Path, header: bytes) -> None:
    """Whatever stands where the header should be, looking at it raises nothing."""
    file = copied / "vae/diffusion_pytorch_model.safetensors"
    file.write_bytes(struct.pack("<Q", len(header)) + header)
    assert not _present(tmp_path, copied)


def test_a_missing_shard_makes_a_model_absent(tmp_path: Path, copied: Path) -> None:
    """Weights over several files are whole only when each file of their index is there."""
    index = {"weight_map": {"a": "model-1-of-2.safetensors"}}
    (copied / "unet/model.safetensors.index.json").write_text(json.dumps(index))
    assert not _present(tmp_path, copied)


def test_a_missing_pinned_file_makes_a_model_absent(tmp_path: Path, copied: Path) -> None:
    """A file that the catalogue knows by digest belongs to the model even if the index does not name it."""
    file = models_file(tmp_path, {"folder": copied})
    file.write_text(file.read_text() + f"[model.sha256]\n'extra.json' = '{'0' * 64}'\n")
    assert not shelf.present(catalogue.load(file)["tiny"])
    (copied / "extra.json").write_text("{}")
    assert shelf.present(catalogue.load(file)["tiny"])


def test_a_repo_is_present_once_the_hubs_cache_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the fetch it is absent; with a whole snapshot in the cache it is present."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    model = catalogue.load(models_file(tmp_path, {"repo": "someone/model"}))["tiny"]
    assert not shelf.present(model)
    repo = tmp_path / "hub/models--someone--model"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs/main").write_text("a" * 40)
    shutil.copytree(DEMO, repo / "snapshots" / ("a" * 40))
    assert shelf.present(model)


def test_the_digest_changes_with_the_shelf_and_only_then(tmp_path: Path, copied: Path) -> None:
    """Two looks agree; a model that vanished from the disk, or another name for it, shows."""
    own = catalogue.load(models_file(tmp_path, {"folder": copied}))
    before = shelf.shelf_models(own)
    assert [model.id for model in before if model.present] == ["demo", "demo-sketch", "tiny"]
    assert shelf.digest(before) == shelf.digest(shelf.shelf_models(own))
    renamed = catalogue.load(models_file(tmp_path, {"folder": copied, "name": "Other"}))
    shutil.rmtree(copied / "unet")
    digests = {shelf.digest(models) for models in (before, shelf.shelf_models(own), shelf.shelf_models(renamed))}
    assert len(digests) == 3
    assert all(len(digest) == 16 and int(digest, 16) >= 0 for digest in digests)
