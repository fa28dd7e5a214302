"""Blocks that are compiled: the same pictures, other LoRAs, checkpoints, and what happens where it cannot be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gpu_agent.config import Speed
from gpu_agent.engine import lora, rungs
from gpu_agent.engine.families.known import family
from gpu_agent.engine.speed import compiled, regions
from gpu_agent.planner import Plan
from tests.engine.renders import Killed, Renders
from tests.engine.speed.compiling import APART, ON, PLAN, graphs, latents, only_read
from tests.engine.twins import playing, wearing
from tests.engine.twins.house import Twins

QWEN = "qwen-image"
CASE = ("a red boat", 64, 64)


@pytest.fixture(scope="module")
def reading() -> Iterator[None]:
    """The compiler, up to where it would write code: test_compile_artifacts.py has all of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "write_code", only_read)
        torch._dynamo.reset()
        yield
    torch._dynamo.reset()


@pytest.fixture(scope="module")
def qwen(twins: Twins, reading: None) -> tuple[Any, Any]:
    """A pipeline whose blocks have been compiled, and what it drew before."""
    pipeline = playing.loaded(twins.model(QWEN))
    before = latents(pipeline, twins.model(QWEN), *CASE)
    assert compiled.pull(pipeline, PLAN, family("qwen-image"), ON).now().levers == ("compile",)
    return pipeline, before


def _drawn(pipeline: Any, twins: Twins, model_id: str = QWEN) -> Any:
    return latents(pipeline, twins.model(model_id), *CASE)


def test_the_picture_stays(qwen: tuple[Any, Any], twins: Twins) -> None:
    """No latent moves by a ten-thousandth, and the same order gives the same bytes."""
    pipeline, before = qwen
    assert np.abs(_drawn(pipeline, twins) - before).max() <= APART
    assert np.array_equal(_drawn(pipeline, twins), _drawn(pipeline, twins))


def test_another_lora_compiles_nothing_anew(qwen: tuple[Any, Any], twins: Twins, tmp_path: Path) -> None:
    """The first one makes its slot and is compiled with; the next is written into it, another weight too, and draws
    what it draws without being compiled. Taken off, what was compiled before serves again."""
    pipeline, before = qwen
    folder = twins.folder(QWEN)
    one = playing.found(wearing.lora(folder, tmp_path / "one.safetensors", seed=1))
    two = playing.found(wearing.lora(folder, tmp_path / "two.safetensors", seed=2, rank=8, alpha=2.0))
    plain = playing.loaded(twins.model(QWEN))
    lora.wear(plain, [(two, 0.5)])
    worn = lora.wear(pipeline, [(one, 1.0)])
    first = _drawn(pipeline, twins)
    count = graphs()
    worn = lora.wear(pipeline, [(two, 0.5)], worn)
    second = _drawn(pipeline, twins)
    assert graphs() == count
    lora.wear(pipeline, [], worn)
    assert np.abs(_drawn(pipeline, twins) - before).max() <= APART
    assert graphs() == count
    assert np.abs(second - _drawn(plain, twins)).max() <= APART
    assert np.abs(second - first).max() > 10 * APART


def test_an_interrupted_render_ends_with_the_same_bytes(qwen: tuple[Any, Any], tmp_path: Path) -> None:
    """Compiled or not, a checkpoint gives the picture that would have been."""
    given = {"width": 64, "height": 64, "num_inference_steps": 3}
    renders = Renders(qwen[0], given, tmp_path, ("transformer",))
    order = renders.order()
    whole = renders.draw(order)
    with pytest.raises(Killed):
        renders.draw(order, killed_at=2)
    assert renders.draw(order, renders.last(order)).same(whole)


def test_blocks_that_are_streamed_run_what_was_compiled_for_others(qwen: tuple[Any, Any], twins: Twins) -> None:
    """What brings a block to its device stays around it, and another model of the same build compiles nothing."""
    _drawn(qwen[0], twins)
    count = graphs()
    streamed = playing.loaded(twins.model(QWEN))
    plan = Plan(rung="streamed", device="cpu", dtype="float32")
    rungs.settle(streamed, plan, family(QWEN))
    assert compiled.pull(streamed, plan, family(QWEN), ON).levers == ("compile",)
    assert np.abs(_drawn(streamed, twins) - qwen[1]).max() <= APART
    assert graphs() == count


def test_what_the_compiler_cannot_do_is_drawn_without(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture is the one that would have been, the receipt does not say compiled, and a sentence tells why. The
    compiler is not asked again."""
    asked: list[int] = []

    def broken(*_given: Any, **_named: Any) -> Any:
        asked.append(1)
        raise NotImplementedError("no such instruction")

    monkeypatch.setattr(compiled, "write_code", broken)
    torch._dynamo.reset()
    model = twins.model("flux-schnell")
    pipeline = playing.loaded(model)
    before = latents(pipeline, model, *CASE)
    pulled = compiled.pull(pipeline, PLAN, family("flux"), ON)
    assert pulled.now().levers == ("compile",)
    for _ in range(2):
        assert np.array_equal(latents(pipeline, model, *CASE), before)
    assert len(asked) == 1
    assert pulled.now().levers == ()
    assert "no such instruction" in pulled.now().notes[0]
    assert "Set compile to off" in pulled.now().notes[0]


def test_full_memory_is_not_the_compilers_fault() -> None:
    """It goes on to where a lower rung is tried; drawing the block again would only fill memory again."""
    tried: list[str] = []

    def plain() -> None:
        tried.append("plain")

    def faster() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        regions.with_way_back(plain, faster, lambda: False, lambda error: None)()
    assert tried == []


def test_a_fault_of_the_network_itself_is_told_as_it_is() -> None:
    """Where the plain way fails as well, nothing is said of the compiler."""
    said: list[Exception] = []

    def failing() -> None:
        raise ValueError("sizes do not fit")

    with pytest.raises(ValueError, match="sizes do not fit"):
        regions.with_way_back(failing, failing, lambda: False, said.append)()
    assert said == []


CUDA = Plan(rung="resident", device="cuda", dtype="bfloat16")
LEFT_OUT = [
    (PLAN, Speed(), ""),
    (PLAN, Speed(compile="off"), ""),
    (CUDA, Speed(compile="off"), ""),
    (Plan(rung="leaf-offload", device="cpu", dtype="float32"), ON, "leaf-offload"),
    (Plan(rung="streamed", device="cpu", dtype="float32", format="int8"), ON, "int8"),
    (CUDA, Speed(), "Triton"),
]


@pytest.mark.parametrize(("plan", "speed", "said"), LEFT_OUT, ids=[f"{case[0].device}-{case[2]}" for case in LEFT_OUT])
def test_where_it_is_not_wanted_or_cannot_be_nothing_is_touched(
    twins: Twins, monkeypatch: pytest.MonkeyPatch, plan: Plan, speed: Speed, said: str
) -> None:
    """With a sentence where it was wanted."""
    monkeypatch.setattr(compiled, "has_triton", lambda: False)
    pipeline = playing.loaded(twins.model("flux-schnell"))
    pulled = compiled.pull(pipeline, plan, family("flux"), speed)
    assert pulled.levers == ()
    assert [said in note for note in pulled.notes] == ([True] if said else [])
    assert not any("forward" in vars(block) for block in pipeline.transformer.modules())


def test_without_a_compiler_for_the_processor_a_sentence_says_so(twins: Twins) -> None:
    """It is looked for where torch looks for it."""
    from torch._inductor import config

    with config.patch({"cpp.cxx": ("no-such-compiler",)}):
        pulled = compiled.pull(playing.loaded(twins.model("flux-schnell")), PLAN, family("flux"), ON)
    assert (pulled.levers, len(pulled.notes)) == ((), 1)
    assert "no C++ compiler" in pulled.notes[0]


GRAPHED = [
    (CUDA, Speed(graphs=True), ("compile", "graphs"), ""),
    (CUDA, Speed(graphs=True, step_cache="first-block"), ("compile",), "first-block"),
    (Plan(rung="streamed", device="cuda", dtype="bfloat16"), Speed(graphs=True), ("compile",), "streamed"),
    (PLAN, Speed(compile="on", graphs=True), ("compile",), "CUDA card"),
]


@pytest.mark.parametrize(("plan", "speed", "levers", "said"), GRAPHED, ids=[case[3] for case in GRAPHED])
def test_graphs_are_recorded_only_where_they_can_be_repeated(
    twins: Twins, monkeypatch: pytest.MonkeyPatch, plan: Plan, speed: Speed, levers: tuple[str, ...], said: str
) -> None:
    """Elsewhere a sentence says why not, and blocks are compiled as ever. Nothing runs here: that needs a card."""
    monkeypatch.setattr(compiled, "has_triton", lambda: True)
    pipeline = playing.loaded(twins.model("flux-schnell"))
    pulled = compiled.pull(pipeline, plan, family("flux"), speed)
    assert pulled.levers == levers, pulled.notes
    assert [said in note for note in pulled.notes] == ([True] if said else [])


BLOCKS = {
    "sd35-large": ("transformer", {"JointTransformerBlock"}),
    "hidream-dev": ("transformer", {"HiDreamImageTransformerBlock", "HiDreamImageSingleTransformerBlock"}),
    "flux2-klein-4b": ("transformer", {"Flux2TransformerBlock", "Flux2SingleTransformerBlock"}),
    "wan22-t2v-a14b": ("transformer_2", {"WanTransformerBlock"}),
    "sdxl": ("unet", {"BasicTransformerBlock", "ResnetBlock2D"}),
}


@pytest.mark.parametrize("model_id", BLOCKS)
def test_every_kind_of_denoiser_has_blocks_to_compile(twins: Twins, model_id: str) -> None:
    """Also those of which the library does not say which they are."""
    name, kinds = BLOCKS[model_id]
    found = regions.blocks(getattr(playing.loaded(twins.model(model_id)), name))
    assert {type(block).__name__ for block in found} == kinds


def test_layers_that_route_tokens_stay_as_they_are_inside(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which expert gets how many tokens differs from step to step: compiled, each number would be compiled anew."""
    monkeypatch.setattr(compiled, "write_code", only_read)
    torch._dynamo.reset()
    model = twins.model("hidream-dev")
    pipeline = playing.loaded(model)
    before = playing.pixels(pipeline, model)
    compiled.pull(pipeline, PLAN, family("hidream"), ON)
    first, count = playing.pixels(pipeline, model), graphs()
    playing.pixels(pipeline, model, prompt="another boat")
    assert graphs() == count
    assert np.abs(first - before).max() <= APART


def test_decoders_that_remember_frames_are_left_alone(twins: Twins) -> None:
    """Each frame would find them in another state; those of single pictures are compiled."""
    found = {name: len(regions.decoder_blocks(playing.loaded(twins.model(name)).vae)) for name in ("sdxl", QWEN)}
    assert found["sdxl"] > 0 == found[QWEN]
