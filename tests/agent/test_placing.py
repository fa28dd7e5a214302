"""Where the catalogue's models are placed on the cards that people have."""

from dataclasses import replace
from typing import Any

import pytest

from gpu_agent import catalogue, estimate
from gpu_agent.cards import GB, PROCESSOR
from gpu_agent.order import Control, Lora, Order, Reference
from gpu_agent.placing import place
from gpu_agent.planner import RUNGS, Plan, Refusal
from gpu_agent.stock import Gpu, Part, ShelfLora, ShelfModel

GIB = 2**30
MODELS = {model.id: catalogue.described(model, present=True) for model in catalogue.load()}
CARDS = {
    8: ("NVIDIA GeForce RTX 3070", "sm86", 64),
    12: ("NVIDIA GeForce RTX 3060", "sm86", 64),
    16: ("NVIDIA GeForce RTX 4080", "sm89", 64),
    24: ("NVIDIA GeForce RTX 4090", "sm89", 64),
    32: ("NVIDIA GeForce RTX 5090", "sm120", 64),
    80: ("NVIDIA H100 80GB HBM3", "sm90", 256),
    141: ("NVIDIA H200", "sm90", 256),
}
# What is expected at 8, 12, 16, 24, 32, 80 and 141 GB, at each model's own size, on Windows.
EXPECTED = {
    "demo": "resident resident resident resident resident resident resident",
    "demo-sketch": "resident resident resident resident resident resident resident",
    "sdxl": "text-out resident resident resident resident resident resident",
    "sd35-large": "quantized:nf4 quantized:int8 quantized:fp8 text-out resident resident resident",
    "sd35-large-turbo": "quantized:nf4 quantized:int8 quantized:fp8 text-out resident resident resident",
    "sd35-medium": "quantized:int8 text-out text-out resident resident resident resident",
    "flux-schnell": "streamed quantized:nf4 quantized:fp8 quantized:fp8 text-out resident resident",
    "flux-dev": "streamed quantized:nf4 quantized:fp8 quantized:fp8 text-out resident resident",
    "flux2-klein-4b": "quantized:int8 text-out text-out resident resident resident resident",
    "hidream-full": "streamed:int8 streamed:int8 quantized:nf4 quantized:fp8 quantized:fp8 resident resident",
    "hidream-dev": "streamed:int8 streamed:int8 quantized:nf4 quantized:fp8 quantized:fp8 resident resident",
    "hidream-fast": "streamed:int8 streamed:int8 quantized:nf4 quantized:fp8 quantized:fp8 resident resident",
    "z-image-turbo": "quantized:nf4 quantized:int8 text-out resident resident resident resident",
    "qwen-image": "streamed:int8 streamed:int8 quantized:nf4 quantized:fp8 quantized:fp8 resident resident",
    "wan22-t2v-a14b": "streamed:int8 streamed:int8 quantized:nf4 quantized:fp8 text-out resident resident",
    "wan22-i2v-a14b": "streamed:int8 streamed:int8 quantized:nf4 quantized:fp8 text-out resident resident",
    "wan22-ti2v-5b": "streamed quantized:int8 text-out text-out resident resident resident",
}


def card(gigabytes: int, **own: Any) -> Gpu:
    """One of CARDS with a Windows desktop on it."""
    name, arch, ram = CARDS[gigabytes]
    total = gigabytes * GIB
    usual = {"name": name, "arch": arch, "total": total, "free": total, "reserve": int(0.9 * GB)}
    return Gpu(**{**usual, "ram": ram * GIB, "ram_free": int(0.9 * ram * GIB), **own})


def order(model: ShelfModel, **own: Any) -> Order:
    """The model's usual picture or clip."""
    size = {"width": model.width, "height": model.height, "frames": model.frames}
    source = "0" * 64 if model.modes == ("animate",) else None
    usual = {"job": "a", "model": model.id, "prompt": "x", "seed": 0, "steps": model.steps, "guidance": model.guidance}
    return Order(**{**usual, **size, "source": source, **own})


def plan(model: ShelfModel, gpu: Gpu, *, below: str = "", **own: Any) -> Plan:
    found = place(model, order(model, **own), gpu, below=below)
    assert isinstance(found, Plan), found
    return found


def refusal(model: ShelfModel, gpu: Gpu, **own: Any) -> Refusal:
    found = place(model, order(model, **own), gpu)
    assert isinstance(found, Refusal), found
    return found


def test_the_table_has_every_model() -> None:
    """A model that is added says where it is expected."""
    assert set(EXPECTED) == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_has_its_place_on_every_card(model: str) -> None:
    """From 8 GB up each model can be rendered, on the rung that costs least."""
    plans = [plan(MODELS[model], card(size)) for size in CARDS]
    assert " ".join(found.rung + (f":{found.format}" if found.format else "") for found in plans) == EXPECTED[model]
    assert all(found.peak <= found.budget and found.dtype == "bfloat16" for found in plans)


@pytest.mark.parametrize("mode", ["control", "reference", "loras"])
@pytest.mark.parametrize("size", CARDS)
def test_sdxl_finds_room_for_extras_on_every_card(size: int, mode: str) -> None:
    """What is added needs memory of its own, and never makes a small card useless."""
    extras: dict[str, dict[str, Any]] = {
        "control": {"control": Control(kind="canny", image="0" * 64)},
        "reference": {"reference": Reference(image="0" * 64)},
        "loras": {"loras": tuple(Lora(id=str(number)) for number in range(4))},
    }
    bare, dressed = plan(MODELS["sdxl"], card(size)), plan(MODELS["sdxl"], card(size), **extras[mode])
    assert dressed.peak > bare.peak or RUNGS.index(dressed.rung) > RUNGS.index(bare.rung) or dressed.tiled > bare.tiled


def test_a_lora_counts_as_large_as_the_shelf_says() -> None:
    """A file of four gigabytes is not believed to be one of 0.2."""
    asked = order(MODELS["sdxl"], loras=(Lora(id="big"), Lora(id="small")))
    shelf = tuple(ShelfLora(id=name, family="sdxl", bytes=size * GB) for name, size in (("big", 4), ("other", 9)))
    known, unknown = (place(MODELS["sdxl"], asked, card(80), loras=loras) for loras in (shelf, ()))
    assert isinstance(known, Plan)
    assert isinstance(unknown, Plan)
    assert known.peak - unknown.peak == 4 * GB + estimate.LORA - 2 * estimate.LORA


def test_why_no_rung_above_would_do_is_said() -> None:
    """The plan names every rung that was passed over, with the figures."""
    found = plan(MODELS["flux-dev"], card(8))
    assert [reason.split(":")[0] for reason in found.because] == ["resident", "text-out", "quantized"]
    assert all(" GB of 7.7 GB" in reason for reason in found.because)


def test_streaming_is_taken_only_where_computing_hides_it() -> None:
    """On a fast card the same weights would be waited for: the whole model is moved there instead."""
    slow = plan(MODELS["flux-dev"], card(8))
    fast = plan(MODELS["flux-dev"], card(8, name="NVIDIA GeForce RTX 5090", arch="sm120"))
    assert (slow.rung, fast.rung) == ("streamed", "leaf-offload")
    assert any("sending the weights takes" in reason for reason in fast.because)


def test_a_denoiser_without_blocks_is_not_streamed() -> None:
    """Group offloading needs something to group."""
    parts = tuple(part.model_copy(update={"streams": False}) for part in MODELS["flux-dev"].parts)
    found = plan(MODELS["flux-dev"].model_copy(update={"parts": parts}), card(8))
    assert found.rung == "leaf-offload"
    assert "streamed: this denoiser does not come in blocks" in found.because


def test_the_machines_memory_is_part_of_the_plan() -> None:
    """With less of it the streamed weights are quantized, and with too little of it the person reads how much."""
    model = MODELS["flux-dev"]
    assert plan(model, card(8)).format == ""
    assert plan(model, card(8, ram=32 * GIB, ram_free=28 * GIB)).format == "int8"
    facts = refusal(model, card(8, ram=8 * GIB, ram_free=6 * GIB)).facts
    assert facts["where"] == "machine"
    assert facts["has"] == 6 * GIB


def test_a_tower_that_did_not_tell_its_memory_is_given_the_benefit_of_the_doubt() -> None:
    """The bot's advice never refuses for what it does not know."""
    assert plan(MODELS["qwen-image"], card(8, ram=0, ram_free=0)).rung == "streamed"


def test_a_quantized_file_stays_as_it_is() -> None:
    """A GGUF denoiser is not quantized a second time, and its own bytes count."""
    small = Part(name="transformer", role="denoiser", bytes=int(4.2 * GB), streams=True, format="gguf")
    parts = (small, *MODELS["z-image-turbo"].parts[1:])
    found = plan(MODELS["z-image-turbo"].model_copy(update={"parts": parts}), card(8))
    assert (found.rung, found.format) == ("text-out", "gguf")


def test_a_mac_and_a_spark_are_planned_from_the_machines_memory() -> None:
    """Where memory is shared nothing is offloaded, for it would move nowhere."""
    ram = {"ram": 64 * GIB, "ram_free": 50 * GIB, "total": 64 * GIB, "free": 50 * GIB, "unified": True}
    mac = Gpu(name="Apple M4 Max", **ram)
    assert plan(MODELS["flux-schnell"], mac).rung == "resident"
    assert plan(MODELS["flux-schnell"], mac).device == "mps"
    assert refusal(MODELS["qwen-image"], mac).facts["where"] == "card"
    spark = mac.model_copy(update={"name": "NVIDIA GB10", "arch": "sm121"})
    found = plan(MODELS["qwen-image"], spark)
    assert (found.rung, found.format, found.text, found.ram) == ("quantized", "fp8", "card", 0)


def test_the_processor_renders_in_float32_or_says_why_not() -> None:
    """Twice the bytes, nothing to move, and a tower without a card is still a tower."""
    processor = Gpu(name=PROCESSOR, total=16 * GIB, free=16 * GIB)
    found = plan(MODELS["demo"], processor)
    assert (found.rung, found.device, found.dtype) == ("resident", "cpu", "float32")
    assert plan(MODELS["sdxl"], processor.model_copy(update={"total": 32 * GIB})).peak > 2 * 6.9 * GB
    refused = refusal(MODELS["flux-dev"], processor)
    assert (refused.kind, refused.facts["where"]) == ("does-not-fit", "machine")


def test_a_clip_needs_more_the_longer_it_is() -> None:
    """Frames are planned, not only sides."""
    peaks = [plan(MODELS["wan22-ti2v-5b"], card(80), frames=frames).peak for frames in (5, 49, 121)]
    assert peaks == sorted(set(peaks))


def test_what_does_not_fit_names_the_largest_that_does() -> None:
    """The refusal holds the least that would be needed, what there is, and a size that can be had."""
    model = MODELS["z-image-turbo"]
    gpu = card(8, free=int(2.4 * GB))
    found = refusal(model, gpu, width=2048, height=2048)
    assert found.kind == "does-not-fit"
    assert int(found.facts["needed"] or 0) > int(found.facts["has"] or 0) == int(2.4 * GB)
    width, height = (int(side) for side in str(found.facts["nearest"]).split("x"))
    assert plan(model, gpu, width=width, height=height).peak <= 2.4 * GB


def test_what_never_fits_names_another_model() -> None:
    """Where no size would do, none is offered."""
    assert refusal(MODELS["flux-dev"], card(8, free=GB // 2)).facts["nearest"] == "another model"


@pytest.mark.parametrize(
    ("published", "estimated"),
    [
        (36.17, lambda: plan(MODELS["flux-dev"], card(141)).peak - estimate.CONTEXT),
        (22.64, lambda: _forward("flux-dev", "")),
        (6.72, lambda: _forward("flux-dev", "nf4")),
        (5.05, lambda: _forward("sdxl", "")),
    ],
)
def test_peaks_are_near_the_published_ones(published: float, estimated: Any) -> None:
    """FLUX.1 dev whole on an H100, its denoiser alone in bfloat16 and NF4, and SDXL's (GiB, within 5 %)."""
    assert estimated() / GIB == pytest.approx(published, rel=0.05)


def test_a_leaf_at_a_time_takes_little_more_than_a_step() -> None:
    """Published: 0.56 GiB for FLUX.1's denoiser, offloaded leaf by leaf."""
    need = estimate.needs(MODELS["flux-dev"], order(MODELS["flux-dev"]))
    leaves = Plan(rung="leaf-offload", device="cuda", dtype="bfloat16", text="out")
    bare = replace(need, vae=0, decode=0, text=0, texts=0)
    assert (estimate.peak(leaves, bare) - estimate.CONTEXT) / GIB == pytest.approx(0.56, abs=0.15)


def _forward(model: str, quantized: str) -> int:
    """One evaluation of the denoiser alone, without guidance that needs two."""
    need = estimate.needs(MODELS[model], order(MODELS[model], guidance=1.0))
    return need.taking(quantized) + need.step
