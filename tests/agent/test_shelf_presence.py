"""Is a model whole? For weights in a folder, in files that replace them, in the hub's cache and beside the pipeline."""

import json
import shutil
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from gpu_agent import shelf
from gpu_agent.catalogue import Component, ControlNet, Encoder, Model, Weights
from tests.agent.tiny_models import DEMO, ENTRY
from tests.agent.weight_files import save, save_gguf

SETTINGS = {"unet": "diffusers", "vae": "diffusers", "text_encoder": "transformers", "tokenizer": "transformers"}
WEIGHTS = "diffusion_pytorch_model.safetensors"


def folder(place: Path, *parts: str, with_weights: bool = True) -> Path:
    """A pipeline of these parts besides the usual ones."""
    libraries = {**SETTINGS, **dict.fromkeys(parts, "diffusers")}
    for name in libraries:
        (place / name).mkdir(parents=True, exist_ok=True)
        (place / name / ("tokenizer.json" if name == "tokenizer" else "config.json")).write_text("{}")
        if with_weights and name != "tokenizer":
            save(place / name / WEIGHTS, ["w"])
    index = {name: [library, "Class"] for name, library in libraries.items()}
    (place / "model_index.json").write_text(json.dumps({"_class_name": "X", "left_out": [None, None], **index}))
    return place


def model(**own: Any) -> Model:
    """An entry of these parts, from this source."""
    roles = {"unet": "denoiser", "vae": "vae", "text_encoder": "text", "other": "other"}
    parts = [{"name": name, "role": role, "bytes": 1} for name, role in roles.items()]
    return Model.model_validate({**ENTRY, "parts": parts, **own})


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_settings_without_weights_are_no_model(tmp_path: Path, part: str) -> None:
    """A part with settings has weights, or it is not there."""
    place = folder(tmp_path)
    assert shelf.present(model(folder=place))
    (place / part / WEIGHTS).unlink()
    assert not shelf.present(model(folder=place))


def test_one_file_needs_only_the_settings_beside_it(tmp_path: Path) -> None:
    """Those of every part; and the file itself has to be whole."""
    place = folder(tmp_path / "settings", with_weights=False)
    file = save(tmp_path / "all.safetensors", ["w", "v"])
    assert shelf.present(model(folder=place, file=file))
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    assert not shelf.present(model(folder=place, file=file))
    file.write_bytes(content)
    (place / "vae/config.json").unlink()
    assert not shelf.present(model(folder=place, file=file))
    assert not shelf.present(model(file=file))  # nothing says how the parts are built


@pytest.mark.parametrize("suffix", ["safetensors", "gguf"])
def test_a_denoiser_of_its_own_replaces_just_that(tmp_path: Path, suffix: str) -> None:
    """The other parts keep their weights in the folder."""
    place = folder(tmp_path)
    (place / "unet" / WEIGHTS).unlink()
    file = tmp_path / f"denoiser.{suffix}"
    _ = save(file, ["w"]) if suffix == "safetensors" else save_gguf(file, {"w": (32,)})
    assert shelf.present(model(folder=place, denoiser=file))
    file.write_bytes(file.read_bytes()[:-40])
    assert not shelf.present(model(folder=place, denoiser=file))
    file.unlink()
    assert not shelf.present(model(folder=place, denoiser=file))


def test_both_denoisers_are_needed_where_there_are_two(tmp_path: Path) -> None:
    """In the folder or as files, each for itself."""
    place = folder(tmp_path, "transformer", "transformer_2")
    roles = {"transformer": "denoiser", "transformer_2": "denoiser", "vae": "vae"}
    parts = [{"name": name, "role": role, "bytes": 1} for name, role in roles.items()]
    high, low = save(tmp_path / "high.safetensors", ["w"]), save(tmp_path / "low.safetensors", ["w"])
    assert shelf.present(model(folder=place, parts=parts))
    (place / "transformer_2" / WEIGHTS).unlink()
    assert not shelf.present(model(folder=place, parts=parts))
    assert not shelf.present(model(folder=place, parts=parts, denoiser=high))
    assert shelf.present(model(folder=place, parts=parts, denoiser=high, denoiser_2=low))
    (place / "transformer" / WEIGHTS).unlink()
    assert shelf.present(model(folder=place, parts=parts, denoiser=high, denoiser_2=low))
    low.unlink()
    assert not shelf.present(model(folder=place, parts=parts, denoiser=high, denoiser_2=low))


@pytest.mark.parametrize(
    ("names", "here"),
    [
        (["model.fp16.safetensors"], True),
        (["model.safetensors"], True),  # what the engine reads where there is no such variant
        (["model.fp16-00001-of-00002.safetensors", "model.fp16-00002-of-00002.safetensors"], True),
        (["model.fp32.safetensors"], False),
        (["model.bf16.fp16x.safetensors"], False),
        ([], False),
    ],
)
def test_of_several_sets_of_weights_the_variant_counts(tmp_path: Path, names: list[str], here: bool) -> None:
    """Another variant's weights are none of this model's."""
    place = folder(tmp_path)
    (place / "unet" / WEIGHTS).unlink()
    for name in names:
        save(place / "unet" / name, ["w"])
    assert shelf.present(model(folder=place, variant="fp16")) is here


def test_a_broken_set_that_is_not_read_does_no_harm(tmp_path: Path) -> None:
    """Only the weights that the engine will take have to be whole."""
    place = folder(tmp_path)
    save(place / "unet/diffusion_pytorch_model.fp16.safetensors", ["w"])
    (place / "unet" / WEIGHTS).write_bytes(b"cut")
    assert shelf.present(model(folder=place, variant="fp16"))
    assert not shelf.present(model(folder=place))


@pytest.mark.parametrize("index", ["model.safetensors.index.fp16.json", "model.fp16.safetensors.index.json"])
def test_each_piece_that_an_index_names_is_needed(tmp_path: Path, index: str) -> None:
    """In both ways that the libraries name an index with a variant."""
    place = folder(tmp_path)
    (place / "unet" / WEIGHTS).unlink()
    pieces = [f"model.fp16-0000{number}-of-00002.safetensors" for number in (1, 2)]
    (place / "unet" / index).write_text(json.dumps({"weight_map": dict(enumerate(pieces))}))
    save(place / "unet" / pieces[0], ["w"])
    assert not shelf.present(model(folder=place, variant="fp16"))
    save(place / "unet" / pieces[1], ["w"])
    assert shelf.present(model(folder=place, variant="fp16"))


def test_a_pipelines_own_code_is_not_waited_for(tmp_path: Path) -> None:
    """Checkers of pictures are left out, so that nobody has to fetch them."""
    place = folder(tmp_path)
    index = json.loads((place / "model_index.json").read_bytes())
    (place / "model_index.json").write_text(json.dumps({**index, "safety_checker": ["stable_diffusion", "Checker"]}))
    assert shelf.present(model(folder=place))


@pytest.mark.parametrize("index", ["[]", "7", '{"unet": "x"}', "{", '{"unet": [["a"], "b"]}', "[" * 90_000, ""])
def test_an_index_that_is_none_makes_a_model_absent(tmp_path: Path, index: str) -> None:
    """Whatever stands there."""
    place = folder(tmp_path)
    (place / "model_index.json").write_text(index)
    assert shelf.present(model(folder=place)) is False


def test_a_part_from_elsewhere_is_needed_as_well(tmp_path: Path) -> None:
    """As HiDream's Llama is; the pipeline's own folder has nothing of it."""
    place = folder(tmp_path / "main")
    llama = Component(folder=tmp_path / "llama", subfolder="big", net="LlamaForCausalLM", bytes=1)
    whole = model(folder=place, components={"text_encoder_4": llama})
    assert not shelf.present(whole)
    save(tmp_path / "llama/big/model.safetensors", ["w"])
    assert shelf.present(whole)
    assert shelf.beside(llama) == tmp_path / "llama/big"


def test_what_stands_beside_a_pipeline_is_found(tmp_path: Path) -> None:
    """A ControlNet's folder or its file, an adapter's file, a tokenizer without weights; nothing that is cut short."""
    net = ControlNet(folder=tmp_path / "net", pipeline="XPipeline", net="Net", bytes=5)
    one = ControlNet(folder=tmp_path, file="one.safetensors", pipeline="XPipeline", net="Net", bytes=5)
    adapter = Encoder(folder=tmp_path, subfolder="sub", file="a.safetensors")
    words = Component(folder=tmp_path / "words", net="AutoTokenizer")
    everything: list[Weights] = [net, one, adapter, words]
    assert [shelf.beside(each) for each in everything] == [None] * 4
    (tmp_path / "net").mkdir()
    (tmp_path / "net/config.json").write_text("{}")
    assert shelf.beside(net) is None
    files = [tmp_path / "net/model.safetensors", tmp_path / "one.safetensors", tmp_path / "sub/a.safetensors"]
    for file in files:
        save(file, ["w"])
    (tmp_path / "words").mkdir()
    (tmp_path / "words/tokenizer.json").write_text("{}")
    assert [shelf.beside(each) for each in everything] == [tmp_path / "net", *files[1:], tmp_path / "words"]
    for file in files:
        file.write_bytes(file.read_bytes()[:-1])
    assert [shelf.beside(each) for each in everything] == [None, None, None, tmp_path / "words"]


def test_the_cache_is_asked_for_the_entrys_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one than the cache has is not there."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    commit = "a" * 40
    shutil.copytree(DEMO, tmp_path / "hub/models--some--one/snapshots" / commit)
    assert shelf.folder(model(repo="some/one", revision=commit)) is not None
    assert shelf.folder(model(repo="some/one", revision="b" * 40)) is None
    assert shelf.folder(model(repo="some/one")) is None  # what the newest is, nobody noted
