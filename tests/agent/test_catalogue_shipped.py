"""The shipped entries against the libraries they speak of: classes, arguments, parts, sizes, files."""

import inspect
from importlib.resources import files
from pathlib import Path

import diffusers
import pytest
import transformers

from gpu_agent import catalogue
from gpu_agent.catalogue import SHIPPED, Model
from gpu_agent.engine.bench.sizes import FULL, numbers
from gpu_agent.hub.wanted import chosen, wanted
from gpu_agent.order import Mode

KNOWN = catalogue.load()
EXAMPLES = catalogue.load(Path(__file__).parents[2] / "examples/models.toml")
FETCHED = [model for model in KNOWN if model.repo is not None]
# What an order's mode brings, and the names under which pipelines take it.
TAKES: dict[Mode, list[tuple[str, ...]]] = {
    "text": [("prompt",), ("generator",)],
    "image": [("image",), ("strength",)],
    "inpaint": [("image",), ("mask_image",), ("strength",)],
    "control": [("control_image", "image"), ("controlnet_conditioning_scale",)],
    "video": [("num_frames",)],
    "animate": [("num_frames",), ("image",)],
}


def call(pipeline: str) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(getattr(diffusers, pipeline).__call__).parameters)


def pipelines() -> list[tuple[Model, Mode, str]]:
    return [(model, mode, name) for model in EXAMPLES for mode, name in model.pipelines.items()]


def named(value: object) -> str:
    return value.id if isinstance(value, Model) else str(value)


def test_the_catalogue_holds_what_was_promised() -> None:
    """These models, those that ship their weights first."""
    assert [model.id for model in KNOWN] == [
        *("demo", "demo-sketch", "sdxl", "sd35-large", "sd35-medium", "sd35-large-turbo", "flux-schnell", "flux-dev"),
        *("flux2-klein-4b", "hidream-full", "hidream-dev", "hidream-fast", "z-image-turbo", "qwen-image"),
        *("wan22-t2v-a14b", "wan22-i2v-a14b", "wan22-ti2v-5b"),
    ]


def test_every_file_of_entries_is_read() -> None:
    """And there is none that nobody looks into."""
    here = files("gpu_agent")
    there = [f"models/{file.name}" for file in here.joinpath("models").iterdir() if file.name.endswith(".toml")]
    assert sorted(SHIPPED) == sorted(["models.toml", *there])


def test_licences_and_gates_are_told() -> None:
    """What may not be sold, and what needs its terms accepted first."""
    assert [model.id for model in KNOWN if not model.commercial] == ["flux-dev"]
    assert [model.id for model in KNOWN if model.gated] == [
        *("sd35-large", "sd35-medium", "sd35-large-turbo", "flux-dev")
    ]
    assert {part.gated for model in KNOWN for part in model.components.values()} == {True}


@pytest.mark.parametrize(("model", "mode", "pipeline"), pipelines(), ids=named)
def test_a_pipeline_takes_what_its_mode_brings(model: Model, mode: Mode, pipeline: str) -> None:
    """The class exists, and its call takes the inputs, the guidance, and the constants of the entry."""
    takes = call(pipeline)
    for names in [*TAKES[mode], (model.guidance_argument,), *((name,) for name in model.arguments)]:
        assert set(names) & set(takes), f"{pipeline} takes none of {names}"
    assert not model.negative_acts or "negative_prompt" in takes


@pytest.mark.parametrize(("model", "mode", "pipeline"), pipelines(), ids=named)
def test_a_pipeline_has_the_parts_of_the_entry(model: Model, mode: Mode, pipeline: str) -> None:
    """By these names; the first denoiser is the one that a file of one's own replaces."""
    own = inspect.signature(getattr(diffusers, pipeline).__init__).parameters
    assert {part.name for part in model.parts} <= set(own)
    assert set(model.components) <= set(own)
    assert {part.role for part in model.parts} >= {"denoiser", "text", "vae"} or model.package or not model.parts


def test_tokens_are_what_the_pipelines_read() -> None:
    """Where a call bounds the prompt, the entry tells the same bound."""
    for model, _, pipeline in pipelines():
        if "max_sequence_length" in call(pipeline):
            assert model.arguments["max_sequence_length"] == model.tokens, model.id


def test_extras_exist_and_fit() -> None:
    """The classes of ControlNets, of parts from elsewhere, and a way to load the adapter."""
    for model in KNOWN:
        for net in model.controlnets.values():
            assert net.pipeline == model.pipelines["control"]
            assert issubclass(getattr(diffusers, net.net), diffusers.ModelMixin)
            assert (net.union is not None) == ("control_mode" in call(net.pipeline) and model.family == "sdxl")
        for part in model.components.values():
            assert hasattr(transformers, part.net)
        if model.adapter is not None:
            assert hasattr(getattr(diffusers, model.pipelines["text"]), "load_ip_adapter")
            assert model.adapter.file.endswith(".safetensors")


@pytest.mark.parametrize(("model", "part"), FULL, ids=named)
def test_parts_are_as_large_as_their_classes_make_them(model: str, part: str) -> None:
    """To the byte at 16 bits; models that share a part tell the same size of it."""
    told = {each.name: each.bytes for each in KNOWN[model].parts}
    assert told[part] == 2 * numbers(FULL[model, part])


def test_equal_parts_have_equal_sizes() -> None:
    """The text encoders and decoders that several models share are counted in one place."""
    counted = {part.bytes for model, name in FULL for part in KNOWN[model].parts if part.name == name}
    uncounted = {(model.id, part.name) for model in FETCHED for part in model.parts if part.bytes not in counted}
    assert not uncounted


@pytest.mark.parametrize("model", FETCHED, ids=named)
def test_the_patterns_find_every_part(model: Model) -> None:
    """Weights, settings and tokenizers of all that the pipeline is made of, and the index."""
    (want, *_) = wanted(model)
    variant = f".{model.variant}" if model.variant else ""
    needed = ["model_index.json", "scheduler/scheduler_config.json"]
    for name in {part.name for part in model.parts} - set(model.components):
        stem = "model" if "text" in name else "diffusion_pytorch_model"
        shard = "-00001-of-00002" if name in ("text_encoder_3", "transformer") else ""
        needed += [f"{name}/config.json", f"{name}/{stem}{variant}{shard}.safetensors"]
        needed += [f"{name.replace('text_encoder', 'tokenizer')}/tokenizer_config.json"] if "text" in name else []
    assert set(needed) == set(chosen(want, needed))


@pytest.mark.parametrize("model", FETCHED, ids=named)
def test_a_download_is_at_least_what_is_kept_in_memory(model: Model) -> None:
    """Repositories hold 16 bits or more, never less; the index and tokenizers are small beside the weights."""
    assert (
        sum(part.bytes for part in model.parts) * 0.99 <= model.download <= 2 * sum(part.bytes for part in model.parts)
    )
