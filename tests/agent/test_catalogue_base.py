"""Entries that are based on another one, and the terms that hold for a picture."""

from pathlib import Path

import pytest

from gpu_agent import catalogue
from gpu_agent.catalogue import Catalogue, CatalogueError
from gpu_agent.order import Control, Order, Reference

SHIPPED = catalogue.load()


def loaded(place: Path, text: str) -> Catalogue:
    file = place / "models.toml"
    file.write_text(text, encoding="utf-8")
    return catalogue.load(file)


def order(model: str, **extras: object) -> Order:
    own = {"job": "j", "model": model, "prompt": "a cat", "seed": 1, "width": 1024, "height": 1024, "steps": 4}
    return Order.model_validate({**own, "guidance": 1.0, **extras})


def test_an_entry_says_only_what_differs(tmp_path: Path) -> None:
    """Every other field is its base's; without a name of its own it is called by its id."""
    text = '[[model]]\nid = "mine"\nbase = "sdxl"\nfile = "mine.safetensors"\nsteps = 12\n'
    mine, base = loaded(tmp_path, text)["mine"], SHIPPED["sdxl"]
    changed = {"id": "mine", "name": "mine", "file": tmp_path / "mine.safetensors", "steps": 12}
    assert mine.model_dump() == base.model_dump() | changed


@pytest.mark.parametrize("source", ['repo = "someone/else"', 'folder = "here"', 'package = "engine/tiny/weights"'])
def test_another_source_takes_nothing_from_the_old_one(tmp_path: Path, source: str) -> None:
    """The base's file names, revision, variant and size are of its repository; the kind of model stays."""
    mine, base = loaded(tmp_path, f'[[model]]\nid = "mine"\nbase = "sdxl"\n{source}\n')["mine"], SHIPPED["sdxl"]
    assert (mine.files, mine.variant, mine.download, mine.revision, mine.sha256) == ((), "", 0, "", {})
    assert mine.repo != base.repo
    assert (mine.pipelines, mine.controlnets, mine.parts, mine.adapter) == (
        *(base.pipelines, base.controlnets, base.parts, base.adapter),
    )


def test_a_field_is_taken_or_left_whole(tmp_path: Path) -> None:
    """Naming one pipeline leaves no other of the base's."""
    text = '[[model]]\nid = "mine"\nbase = "wan22-ti2v-5b"\n[model.pipelines]\nvideo = "WanPipeline"\n'
    assert loaded(tmp_path, text)["mine"].modes == ("video",)


def test_a_base_may_be_an_entry_before_it_with_a_base_of_its_own(tmp_path: Path) -> None:
    """And its folder stays where it was found."""
    first = '[[model]]\nid = "first"\nbase = "demo"\nfolder = "here"\n'
    second = '[[model]]\nid = "second"\nbase = "first"\nname = "Second"\nsteps = 7\n'
    known = loaded(tmp_path, first + second)
    assert (known["second"].folder, known["second"].steps) == (tmp_path / "here", 7)
    assert known["second"].pipelines == SHIPPED["demo"].pipelines


def test_a_shipped_entry_can_be_changed_in_one_field(tmp_path: Path) -> None:
    """An entry with the id of its own base replaces it."""
    text = '[[model]]\nid = "qwen-image"\nbase = "qwen-image"\nname = "Qwen"\nsteps = 30\n'
    known = loaded(tmp_path, text)
    assert (len(known), known["qwen-image"].steps) == (len(SHIPPED), 30)
    assert known["qwen-image"].repo == "Qwen/Qwen-Image"


@pytest.mark.parametrize(
    ("lines", "field", "fault"),
    [
        ('base = "sdx"', "base", 'there is no model "sdx" before it; choose one of: demo, demo-sketch, sdxl'),
        ('base = "later"', "base", 'there is no model "later" before it'),
        ("base = 7", "base", 'there is no model "7" before it'),
        ("base = [1]", "base", "there is no model"),
        ('base = "sdxl"\nsteps = 500', "steps", "less than or equal to 200"),
        ('base = "sdxl"\nsteps = 101', "", "the default of 101 steps is not between 2 and 100"),
        ('base = "sdxl"\nwidth = 2048\nheight = 2048', "", "the default size has more than 2359296 pixels"),
        ('base = "wan22-ti2v-5b"\nframes = 80', "", "the default of 80 frames is not a multiple of 4 and one more"),
        ('base = "sdxl"\npipelines = { text = "StableDiffusionXLPipeline" }', "", "need one another"),
        ('base = "sdxl"\ncontrolnets = { canny = { net = "A", pipeline = "BPipeline" } }', "controlnets.canny",
         "needs exactly one of repo, folder and package"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, lines: str, field: str, fault: str) -> None:
    """File, model and field, as for an entry of its own."""
    with pytest.raises(CatalogueError) as caught:
        loaded(tmp_path, f'[[model]]\nid = "mine"\n{lines}\n[[model]]\nid = "later"\nbase = "demo"\n')
    assert (caught.value.file, caught.value.model, caught.value.field) == (str(tmp_path / "models.toml"), "mine", field)
    assert fault in str(caught.value)


def test_relative_places_start_where_the_file_lies(tmp_path: Path) -> None:
    """A denoiser, a file, the folder of a ControlNet, of an adapter and of a part from elsewhere."""
    text = """
[[model]]
id = "mine"
base = "sdxl"
denoiser = "unet.gguf"
[model.controlnets.canny]
folder = "nets"
net = "ControlNetModel"
pipeline = "StableDiffusionXLControlNetPipeline"
[model.adapter]
folder = "~/adapters"
[model.components.text_encoder]
folder = "/exact"
net = "CLIPTextModel"
"""
    mine = loaded(tmp_path, text)["mine"]
    assert mine.adapter is not None
    places = (mine.denoiser, mine.controlnets["canny"].folder, mine.adapter.folder)
    assert places == (tmp_path / "unet.gguf", tmp_path / "nets", Path.home() / "adapters")
    assert mine.components["text_encoder"].folder == Path("/exact")


def test_the_terms_of_all_that_a_picture_was_made_with_hold_for_it() -> None:
    """FLUX.1 schnell is free for trade; its ControlNets and its adapter were made of dev and are not."""
    image = "0" * 64
    control, reference = Control(kind="canny", image=image), Reference(image=image)
    flux, sdxl = SHIPPED["flux-schnell"], SHIPPED["sdxl"]
    assert catalogue.terms(flux, order(flux.id)) == ("Apache-2.0", True)
    both = ("Apache-2.0; FLUX.1 dev Non-Commercial", False)
    assert catalogue.terms(flux, order(flux.id, control=control)) == both
    assert catalogue.terms(flux, order(flux.id, control=control, reference=reference)) == both
    assert catalogue.terms(sdxl, order(sdxl.id, control=control)) == ("OpenRAIL++-M; Apache-2.0", True)
    dev = SHIPPED["flux-dev"]
    assert catalogue.terms(dev, order(dev.id, control=control)) == ("FLUX.1 dev Non-Commercial", False)
    assert catalogue.terms(SHIPPED["hidream-full"], order("hidream-full"))[0] == "MIT; text encoder Llama 3.1 Community"
