"""From a catalogue entry to a pipeline: other kinds of pipelines, and weights that must be refused."""

import json
import shutil
import socket
from io import BytesIO
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from PIL import Image

from gpu_agent import catalogue, shelf
from gpu_agent.engine.engine import Drawn
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Order
from gpu_agent.wire import Progress
from tests.agent.engine.conftest import silent
from tests.agent.tiny_models import DEMO, engine, models_file, order

FLUX = {"pipeline": "FluxPipeline", "multiple": 16, "negative_acts": False}


def _draw(place: Path, entry: dict[str, Any], wanted: Order) -> Drawn:
    return engine(models_file(place, entry)).draw(wanted, silent)


def _fault(place: Path, entry: dict[str, Any], wanted: Order | None = None) -> Fault:
    with pytest.raises(Fault) as caught:
        _draw(place, entry, wanted or order("tiny"))
    return caught.value


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the shipped weights that a test may harm."""
    return shutil.copytree(DEMO, tmp_path / "weights")


def test_a_folder_of_another_kind_is_drawn_by_its_own_pipeline(tmp_path: Path, sd_folder: Path) -> None:
    """A user's Stable Diffusion, with its own autoencoder and scheduler, by nothing but its entry in a file."""
    drawn = _draw(tmp_path, {"folder": sd_folder}, order("tiny", width=96, negative="blue"))
    assert Image.open(BytesIO(drawn.content)).size == (96, 64)
    assert (drawn.receipt.pipeline, drawn.receipt.scheduler) == (
        "StableDiffusionPipeline",
        "PNDMScheduler",
    )


def test_progress_counts_what_the_scheduler_really_does(tmp_path: Path, sd_folder: Path) -> None:
    """PNDM takes one evaluation more than it was asked for: the last one reported is the last one there is."""
    told: list[tuple[int, int]] = []

    def report(progress: Progress, _preview: bytes = b"") -> None:
        told.append((progress.step, progress.of))

    engine(models_file(tmp_path, {"folder": sd_folder})).draw(order("tiny", steps=6), report)
    assert [pair for pair in told if pair[0]] == [*((step, 7) for step in range(1, 8)), (7, 7), (7, 7)]


def test_a_flux_in_shards_is_drawn(tmp_path: Path, flux_folder: Path) -> None:
    """Transformer instead of UNet, two text encoders, weights over many files, no negative prompt."""
    assert len(list(flux_folder.glob("transformer/*.safetensors"))) > 1
    drawn = _draw(tmp_path, {"folder": flux_folder, **FLUX}, order("tiny", width=48, negative="ignored"))
    assert Image.open(BytesIO(drawn.content)).size == (48, 64)
    assert drawn.receipt.pipeline == "FluxPipeline"


def test_guidance_goes_where_the_entry_says(tmp_path: Path, flux_folder: Path) -> None:
    """On a Flux the guidance that needs a second pass has a name of its own; only then the negative prompt acts."""
    plain = _draw(tmp_path, {"folder": flux_folder, **FLUX}, order("tiny", guidance=4.0, negative="a red star"))
    twice = {**FLUX, "negative_acts": True, "guidance_argument": "true_cfg_scale"}
    guided = _draw(tmp_path, {"folder": flux_folder, **twice}, order("tiny", guidance=4.0, negative="a red star"))
    assert _pixels(plain) != _pixels(guided)


def _pixels(drawn: Drawn) -> bytes:
    return Image.open(BytesIO(drawn.content)).tobytes()


def test_a_switch_of_models_and_back_gives_the_same_picture(tmp_path: Path, sd_folder: Path) -> None:
    """Only one pipeline is warm; the one that left comes back as it was."""
    switching = engine(models_file(tmp_path, {"folder": sd_folder}))
    first, other, again = (switching.draw(order(model), silent).content for model in ("demo", "tiny", "demo"))
    assert first == again != other


@pytest.mark.parametrize("name", ["unet/diffusion_pytorch_model.safetensors", "scheduler/scheduler_config.json"])
def test_one_changed_byte_is_refused(copied: Path, name: str) -> None:
    """Where the catalogue knows the digest, a file of the right length with one other byte is not loaded."""
    content = bytearray((copied / name).read_bytes())
    content[-2] ^= 1
    (copied / name).write_bytes(content)
    fault = _fault_of_shipped(copied)
    assert (fault.kind, fault.facts["file"], fault.worth_retrying) == ("weights-damaged", name, False)


def _fault_of_shipped(place: Path) -> Fault:
    """What the shipped entry, with all its digests, says of these files."""
    shipped = catalogue.load()["demo"]
    model = shipped.model_copy(update={"package": None, "folder": place})
    with pytest.raises(Fault) as caught:
        engine(catalogue.Catalogue({"demo": model})).draw(order(), silent)
    return caught.value


def test_weights_that_are_no_safetensors_are_refused(tmp_path: Path, copied: Path) -> None:
    """A file whose header is a lie is named as damaged even where no digest is known."""
    file = copied / "unet/diffusion_pytorch_model.safetensors"
    content = file.read_bytes()
    file.write_bytes(content.replace(b'"F16"', b'"F99"'))
    fault = _fault(tmp_path, {"folder": copied})
    assert (fault.kind, fault.facts["file"]) == ("weights-damaged", "unet/diffusion_pytorch_model.safetensors")


def test_pickled_weights_are_never_read(tmp_path: Path, copied: Path) -> None:
    """A pickle can run code when it is opened: a model that has nothing else counts as not there."""
    (copied / "unet/diffusion_pytorch_model.safetensors").rename(copied / "unet/diffusion_pytorch_model.bin")
    fault = _fault(tmp_path, {"folder": copied})
    assert (fault.kind, fault.facts["source"]) == ("weights-missing", "folder")


def test_a_model_that_is_not_there_is_said_with_its_place(tmp_path: Path) -> None:
    """A repo nobody fetched, and a folder that does not exist: which, and of what kind."""
    repo = _fault(tmp_path, {"repo": "nobody/nothing"})
    assert (repo.kind, repo.facts["source"], repo.facts["where"]) == ("weights-missing", "repo", "nobody/nothing")
    folder = _fault(tmp_path, {"folder": "nowhere"})
    assert (folder.kind, folder.facts["where"]) == ("weights-missing", str(tmp_path / "nowhere"))


def test_an_unfit_pipeline_is_refused_with_what_it_lacks(tmp_path: Path, sd_folder: Path) -> None:
    """A class that does not exist, and one that cannot be told a prompt, are refused before anything is loaded."""
    unknown = _fault(tmp_path, {"folder": sd_folder, "pipeline": "NoSuchPipeline"})
    assert (unknown.kind, unknown.facts["lacks"]) == ("pipeline-unfit", "everything")
    promptless = _fault(tmp_path, {"folder": sd_folder, "pipeline": "DDPMPipeline"})
    assert (promptless.kind, promptless.facts["pipeline"]) == ("pipeline-unfit", "DDPMPipeline")
    assert "prompt" in str(promptless.facts["lacks"])


def _cached_repo(cache: Path, content: Path) -> None:
    """The layout of the hub's own cache: a reference, and the snapshot it points to."""
    repo = cache / "models--someone--model"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs/main").write_text("a" * 40)
    shutil.copytree(content, repo / "snapshots" / ("a" * 40))


def test_a_fetched_repo_is_drawn_without_a_network(
    tmp_path: Path, sd_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository in the hub's cache is used from there, and no connection is even tried."""
    _cached_repo(tmp_path / "hub", sd_folder)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    tried: list[object] = []

    def refused(*place: object, **_how: object) -> None:
        tried.append(place)
        raise OSError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    drawn = _draw(tmp_path, {"repo": "someone/model"}, order("tiny"))
    assert drawn.receipt.model_name == "Tiny"
    assert tried == []


def test_the_receipt_names_the_weights_by_content(tmp_path: Path, sd_folder: Path) -> None:
    """The same files elsewhere have the same digest; one changed value gives another."""
    elsewhere = shutil.copytree(sd_folder, tmp_path / "elsewhere")
    digests = [
        _draw(tmp_path, {"folder": place}, order("tiny")).receipt.weights_sha256 for place in (sd_folder, elsewhere)
    ]
    assert digests[0] == digests[1]
    config = elsewhere / "scheduler/scheduler_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"beta_end": 0.013}))
    assert shelf.present(catalogue.load(models_file(tmp_path, {"folder": elsewhere}))["tiny"])
    assert _draw(tmp_path, {"folder": elsewhere}, order("tiny")).receipt.weights_sha256 != digests[0]
