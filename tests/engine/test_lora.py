"""LoRAs on the twins: worn, weighed, swapped and taken off, on every model that takes them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from peft.tuners.tuners_utils import BaseTunerLayer

from gpu_agent.engine import lora
from gpu_agent.engine.fault import Fault
from tests.engine.twins import wearing
from tests.engine.twins.house import Twins
from tests.engine.twins.playing import Pixels, found, loaded, pixels

ONE_OF_EACH_KIND = (
    *("demo", "sdxl", "sd35-medium", "flux-dev", "flux2-klein-4b", "hidream-dev", "z-image-turbo", "qwen-image"),
    *("wan22-t2v-a14b", "wan22-i2v-a14b", "wan22-ti2v-5b"),
)


@pytest.fixture
def flux(twins: Twins) -> Any:
    return loaded(twins.model("flux-schnell"))


@pytest.fixture
def files(twins: Twins, tmp_path: Path) -> tuple[Any, Any]:
    """Two LoRAs for FLUX.1, of different rank and scaling."""
    folder = twins.folder("flux-schnell")
    first = wearing.lora(folder, tmp_path / "first.safetensors", seed=1)
    second = wearing.lora(folder, tmp_path / "second.safetensors", seed=2, rank=8, alpha=2.0)
    return found(first), found(second)


def _differ(one: Pixels, other: Pixels) -> bool:
    return not np.array_equal(one, other)


def _dressed(pipeline: Any) -> bool:
    return any(isinstance(layer, BaseTunerLayer) for layer in pipeline.transformer.modules())


@pytest.mark.parametrize("model_id", ONE_OF_EACH_KIND)
def test_a_lora_changes_the_picture_and_leaves_no_trace(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """On every kind of model: worn, another in its slot with another weight; taken off, the picture is the one before,
    bit for bit, and a swapped LoRA draws what a freshly loaded one draws."""
    model = twins.model(model_id)
    pipeline = loaded(model)
    one = found(wearing.lora(twins.folder(model_id), tmp_path / "one.safetensors", seed=1))
    two = found(wearing.lora(twins.folder(model_id), tmp_path / "two.safetensors", seed=2, rank=8, alpha=2.0))
    bare = pixels(pipeline, model)
    worn = lora.wear(pipeline, [(one, 1.0)])
    first = pixels(pipeline, model)
    worn = lora.wear(pipeline, [(two, 0.5)], worn)
    swapped = pixels(pipeline, model)
    assert lora.wear(pipeline, [], worn) == ()
    assert not _differ(bare, pixels(pipeline, model))
    lora.wear(pipeline, [(two, 0.5)])
    assert not _differ(swapped, pixels(pipeline, model))
    assert _differ(bare, first)
    assert _differ(bare, swapped)
    assert _differ(first, swapped)


def test_a_receipt_says_which_file_was_worn_and_how(flux: Any, files: tuple[Any, Any]) -> None:
    """Id, digest of the file, weight, and whether it went into a slot."""
    first, second = files
    worn = lora.wear(flux, [(first, 0.8), (second, -0.5)])
    assert [(each.id, each.weight, each.how) for each in worn] == [("first", 0.8, "slot"), ("second", -0.5, "slot")]
    assert len({each.sha256 for each in worn}) == 2


def test_the_same_set_again_is_not_touched(flux: Any, files: tuple[Any, Any]) -> None:
    """The next picture of a batch costs nothing: the very tensors stay."""
    worn = lora.wear(flux, [(files[0], 0.8)])
    before = [tensor.data_ptr() for name, tensor in flux.transformer.named_parameters() if "lora" in name]
    assert lora.wear(flux, [(files[0], 0.8)], worn) == worn
    assert before == [tensor.data_ptr() for name, tensor in flux.transformer.named_parameters() if "lora" in name]


def test_a_swap_writes_into_the_slot_that_is_there(flux: Any, files: tuple[Any, Any]) -> None:
    """No layer is built anew, so nothing that was compiled is compiled again."""
    worn = lora.wear(flux, [(files[0], 1.0)])
    before = {name: tensor.data_ptr() for name, tensor in flux.transformer.named_parameters() if "lora" in name}
    lora.wear(flux, [(files[1], 1.0)], worn)
    after = {name: tensor.data_ptr() for name, tensor in flux.transformer.named_parameters() if "lora" in name}
    assert before == after
    assert {tensor.shape[0] for name, tensor in flux.transformer.named_parameters() if "lora_A" in name} == {64}


def test_the_weight_is_a_factor_also_after_a_swap(flux: Any, files: tuple[Any, Any]) -> None:
    """A slot takes over the new file's own scaling (alpha over rank), times the weight that was asked for."""
    worn = lora.wear(flux, [(files[0], 1.0)])
    lora.wear(flux, [(files[1], 0.5)], worn)
    layers: list[Any] = [layer for layer in flux.transformer.modules() if isinstance(layer, BaseTunerLayer)]
    assert {float(layer.scaling["slot0"]) for layer in layers} == {2.0 / 8 * 0.5}


def test_a_weight_of_zero_is_the_bare_model(twins: Twins, flux: Any, files: tuple[Any, Any]) -> None:
    """Nothing but the product with the weight reaches the picture."""
    model = twins.model("flux-schnell")
    bare = pixels(flux, model)
    lora.wear(flux, [(files[0], 0.0)])
    assert np.allclose(bare, pixels(flux, model), atol=1e-6)


def test_two_at_once_act_together(twins: Twins, flux: Any, files: tuple[Any, Any]) -> None:
    """Both are active, each with its own weight, and their order does not matter to the sum."""
    model = twins.model("flux-schnell")
    first, second = files
    pictures = []
    worn: tuple[Any, ...] = ()
    for wanted in ([(first, 1.0)], [(second, 1.0)], [(first, 1.0), (second, 1.0)], [(second, 1.0), (first, 1.0)]):
        worn = lora.wear(flux, wanted, worn)
        pictures.append(pixels(flux, model))
    assert _differ(pictures[2], pictures[0])
    assert _differ(pictures[2], pictures[1])
    assert np.allclose(pictures[2], pictures[3], atol=1e-4)


def test_one_that_no_slot_takes_is_loaded_and_said_so(twins: Twins, flux: Any, tmp_path: Path) -> None:
    """A rank above the slots', and a text encoder's layers."""
    folder = twins.folder("flux-schnell")
    high = found(wearing.lora(folder, tmp_path / "high.safetensors", rank=80))
    text = found(wearing.lora(folder, tmp_path / "text.safetensors", text=True))
    worn = lora.wear(flux, [(high, 1.0)])
    assert [each.how for each in worn] == ["loaded"]
    worn = lora.wear(flux, [(text, 1.0)], worn)
    assert [each.how for each in worn] == ["loaded"]
    assert any(isinstance(layer, BaseTunerLayer) for layer in flux.text_encoder.modules())
    lora.take_off(flux)
    assert not any(isinstance(layer, BaseTunerLayer) for layer in flux.text_encoder.modules())


def test_further_layers_than_the_slot_has_are_loaded_anew(twins: Twins, flux: Any, tmp_path: Path) -> None:
    """The slot was made for fewer layers: all of the new one's act nevertheless."""
    folder = twins.folder("flux-schnell")
    few = found(wearing.lora(folder, tmp_path / "few.safetensors", layers=("to_q",)))
    many = found(wearing.lora(folder, tmp_path / "many.safetensors", seed=3))
    worn = lora.wear(flux, [(few, 1.0)])
    count = sum(isinstance(layer, BaseTunerLayer) for layer in flux.transformer.modules())
    lora.wear(flux, [(many, 1.0)], worn)
    assert sum(isinstance(layer, BaseTunerLayer) for layer in flux.transformer.modules()) > count > 0


@pytest.mark.parametrize("other", ["sdxl", "sd35-large", "z-image-turbo", "qwen-image", "flux2-klein-4b"])
def test_a_lora_for_another_model_is_refused(twins: Twins, flux: Any, tmp_path: Path, other: str) -> None:
    """Told before anything is touched: the pipeline keeps what it wore."""
    mine = found(wearing.lora(twins.folder("flux-schnell"), tmp_path / "mine.safetensors"))
    strange = found(wearing.lora(twins.folder(other), tmp_path / "strange.safetensors"), family="another")
    worn = lora.wear(flux, [(mine, 1.0)])
    with pytest.raises(Fault) as refused:
        lora.wear(flux, [(strange, 1.0)], worn)
    assert refused.value.kind == "lora-unfit"
    assert (refused.value.facts["lora"], refused.value.facts["family"]) == ("strange", "another")
    assert lora.wear(flux, [(mine, 1.0)], worn) == worn


def test_the_family_that_a_file_names_counts_more_than_its_shapes(flux: Any, files: tuple[Any, Any]) -> None:
    """FLUX.1 and Qwen-Image have layers of the same names and widths."""
    named = found(files[0].path, family="qwen-image")
    with pytest.raises(Fault) as refused:
        lora.wear(flux, [(named, 1.0)], family="flux")
    assert refused.value.kind == "lora-unfit"


def test_the_same_names_in_another_size_are_refused(twins: Twins, flux: Any, tmp_path: Path) -> None:
    """A file whose layers are as wide as another model's."""
    file = wearing.lora(twins.folder("flux-schnell"), tmp_path / "wide.safetensors")
    wearing.widen(file)
    with pytest.raises(Fault) as refused:
        lora.wear(flux, [(found(file), 1.0)])
    assert refused.value.kind == "lora-unfit"
    assert "32x32 here" in str(refused.value.facts["fault"])
    assert not _dressed(flux)


@pytest.mark.parametrize("name", ["pickled.ckpt", "broken.safetensors"])
def test_what_is_no_lora_file_is_refused(flux: Any, tmp_path: Path, name: str) -> None:
    """A pickle by its name, a damaged file by what the library says of it."""
    file = tmp_path / name
    file.write_bytes(b"\x80\x04nothing that should ever be unpickled")
    with pytest.raises(Fault) as refused:
        lora.wear(flux, [(found(file), 1.0)])
    assert refused.value.kind == "lora-unfit"
    assert not _dressed(flux)


FOREIGN = [
    ("sdxl", "attn1.to_q", "^", "lora_unet.", True),
    (
        "flux-dev",
        "attn.to_out.0",
        r"^transformer_blocks\.(\d+)\.attn\.to_out\.0",
        r"lora_unet.double_blocks.\1.img_attn_proj",
        True,
    ),
    (
        "flux2-klein-4b",
        "attn.to_out.0",
        r"^transformer_blocks\.(\d+)\.attn\.to_out\.0",
        r"diffusion_model.double_blocks.\1.img_attn.proj",
        False,
    ),
    ("hidream-dev", "to_q", "^", "diffusion_model.", False),
    ("z-image-turbo", "to_q", "^", "diffusion_model.", False),
    ("qwen-image", "to_q", "^", "lora_unet.", True),
    ("wan22-ti2v-5b", "attn1.to_q", r"^blocks\.(\d+)\.attn1\.to_q", r"diffusion_model.blocks.\1.self_attn.q", False),
]


@pytest.mark.parametrize(("model_id", "end", "layer", "foreign", "kohya"), FOREIGN, ids=[case[0] for case in FOREIGN])
def test_other_trainers_names_for_the_same_layers_are_understood(
    twins: Twins, tmp_path: Path, model_id: str, end: str, layer: str, foreign: str, kohya: bool
) -> None:
    """kohya's and ComfyUI's files draw what the same LoRA draws in the library's own names."""
    model = twins.model(model_id)
    pipeline = loaded(model)
    own = wearing.lora(twins.folder(model_id), tmp_path / "own.safetensors", layers=(end,))
    other = wearing.renamed(own, layer, foreign, kohya)
    bare = pixels(pipeline, model)
    worn = lora.wear(pipeline, [(found(own), 1.0)])
    expected = pixels(pipeline, model)
    assert [each.how for each in lora.wear(pipeline, [(found(other), 1.0)], worn)] == ["slot"]
    assert not _differ(expected, pixels(pipeline, model))
    assert _differ(expected, bare)


def test_two_denoisers_wear_a_pair_each_its_own(twins: Twins, tmp_path: Path) -> None:
    """A file's name says which half of the way it is for; without such a word it goes into both."""
    folder = twins.folder("wan22-t2v-a14b")
    pipeline = loaded(twins.model("wan22-t2v-a14b"))
    high = found(wearing.lora(folder, tmp_path / "light_high_noise.safetensors"))
    low = found(wearing.lora(folder, tmp_path / "light-LOW.safetensors"))
    both = found(wearing.lora(folder, tmp_path / "slow-yellow.safetensors"))
    worn = lora.wear(pipeline, [(high, 1.0), (low, 1.0)])
    assert pipeline.get_list_adapters() == {"transformer": ["slot0"], "transformer_2": ["slot1"]}
    worn = lora.wear(pipeline, [(both, 1.0)], worn)
    assert pipeline.get_list_adapters() == {"transformer": ["slot0"], "transformer_2": ["slot0"]}
    worn = lora.wear(pipeline, [(high, 1.0)], worn)
    assert pipeline.get_list_adapters() == {"transformer": ["slot0"]}


def test_a_plain_model_is_not_touched_at_all(flux: Any) -> None:
    """Most pictures wear nothing: that must cost nothing."""
    before = {name: id(layer) for name, layer in flux.transformer.named_modules()}
    assert lora.wear(flux, []) == ()
    assert before == {name: id(layer) for name, layer in flux.transformer.named_modules()}
    assert all(tensor.dtype == torch.float32 for tensor in flux.transformer.parameters())


def test_a_file_that_went_away_is_told_without_its_folder(flux: Any, files: tuple[Any, Any]) -> None:
    """People far from the tower read this: no path of the tower's is for them."""
    files[0].path.unlink()
    with pytest.raises(Fault) as refused:
        lora.wear(flux, [(files[0], 1.0)])
    assert refused.value.kind == "lora-unfit"
    assert str(files[0].path.parent) not in str(refused.value.facts)


def test_full_memory_is_told_as_such(flux: Any, files: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of the LoRA's: a lower rung may have room for it."""

    def full(*_given: Any, **_named: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(flux, "load_lora_weights", full)
    with pytest.raises(torch.OutOfMemoryError):
        lora.wear(flux, [(files[0], 1.0)])
    assert not _dressed(flux)
