"""Steps that are guessed: how many, for which orders and models, and that nothing of it stays behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from gpu_agent.catalogue import Model
from gpu_agent.config import Speed
from gpu_agent.engine import modes
from gpu_agent.engine.families.known import family
from gpu_agent.engine.speed import regions, step_cache
from gpu_agent.engine.speed.fidelity import compared
from gpu_agent.order import Control, Order
from gpu_agent.planner import Plan
from tests.engine.twins import playing, stable
from tests.engine.twins.filled import filled
from tests.engine.twins.house import Twins

PLAN = Plan(rung="resident", device="cpu", dtype="float32")
FIRST, TAYLOR = Speed(step_cache="first-block"), Speed(step_cache="taylor-seer")
STEPS = 20
COMPUTED = 9  # the first three, and of the others each third from the fifth on
Twin = tuple[Any, Model]


def order(steps: int = STEPS) -> Order:
    return Order(job="j", model="m", prompt="x", seed=0, width=64, height=64, steps=steps, guidance=3)


@contextmanager
def skipping(twin: Twin, speed: Speed, steps: int = STEPS, branches: bool = False) -> Iterator[tuple[str, ...]]:
    pipeline, model = twin
    own = family(model.family)
    with step_cache.skipping(pipeline, PLAN, own, speed, order(steps), branches) as pulled:
        assert len(pulled.levers) == len(pulled.lossy)
        yield pulled.lossy


@contextmanager
def counted(layer: Any) -> Iterator[list[int]]:
    """One entry for each time that this layer works."""
    calls: list[int] = []
    hook = layer.register_forward_hook(lambda *_: calls.append(len(calls)))
    try:
        yield calls
    finally:
        hook.remove()


@pytest.fixture(scope="module")
def qwen(twins: Twins) -> Twin:
    return playing.loaded(twins.model("qwen-image")), twins.model("qwen-image")


@pytest.fixture(scope="module")
def sd3(twins: Twins) -> Twin:
    """With four blocks, the last of which gives nothing back of the prompt."""
    pipeline, model = playing.loaded(twins.model("sd35-large")), twins.model("sd35-large")
    deeper = diffusers.SD3Transformer2DModel(**stable.SD3, num_layers=4, out_channels=16)  # type: ignore[no-untyped-call]
    pipeline.transformer = filled(deeper)
    return pipeline, model


@pytest.fixture(scope="module")
def flux(twins: Twins) -> Twin:
    return playing.loaded(twins.model("flux-dev")), twins.model("flux-dev")


def drawn(twin: Twin, **own: Any) -> Any:
    return playing.pixels(*twin, **{"num_inference_steps": STEPS, **own})


@torch.no_grad()
def asked(twin: Twin, time: int) -> torch.Tensor:
    """What the denoiser answers to always the same latents and words at this time."""
    network, generator = twin[0].transformer, torch.Generator().manual_seed(0)
    given = {
        "hidden_states": torch.randn(1, 16, 8, 8, generator=generator),
        "encoder_hidden_states": torch.randn(1, 5, network.config.joint_attention_dim, generator=generator),
        "pooled_projections": torch.randn(1, network.config.pooled_projection_dim, generator=generator),
    }
    answer: torch.Tensor = network(**given, timestep=torch.tensor([float(time)]), return_dict=False)[0]
    return answer


def test_two_steps_of_three_are_drawn_on(sd3: Twin) -> None:
    """The picture changes a little, and the receipt says by what."""
    plain = drawn(sd3)
    with counted(sd3[0].transformer.transformer_blocks[1].attn) as calls, skipping(sd3, TAYLOR) as lossy:
        guessed = drawn(sd3)
    assert (len(calls), lossy) == (COMPUTED, ("taylor-seer step cache of 3",))
    assert 15 < compared(plain, guessed) < 100


def test_the_first_block_decides_about_the_others(sd3: Twin) -> None:
    """It works each time, the second only where the first does something else than the time before."""
    blocks = sd3[0].transformer.transformer_blocks
    with counted(blocks[0].attn) as first, counted(blocks[1].attn) as second, skipping(sd3, FIRST) as lossy:
        found = [asked(sd3, time) for time in (900, 900, 900, 100, 100)]
    assert lossy == ("first-block step cache at 0.08",)
    assert (len(first), len(second)) == (5, 2)
    assert torch.allclose(found[0], found[2], atol=1e-5)
    assert not torch.allclose(found[2], found[3], atol=1e-2)


@pytest.mark.parametrize("speed", [FIRST, TAYLOR])
def test_an_order_of_few_steps_is_computed_whole(speed: Speed, sd3: Twin) -> None:
    """Nothing is lossy, and no byte differs."""
    plain = drawn(sd3, num_inference_steps=STEPS - 1)
    with skipping(sd3, speed, STEPS - 1) as lossy:
        assert np.array_equal(drawn(sd3, num_inference_steps=STEPS - 1), plain)
    assert lossy == ()


def test_a_picture_that_begins_late_has_fewer_steps(sd3: Twin) -> None:
    """At half strength, twenty are ten."""
    late = order().model_copy(update={"source": "0" * 64, "strength": 0.5})
    with step_cache.skipping(*_of(sd3), TAYLOR, late, False) as pulled:
        assert pulled.lossy == ()
    with step_cache.skipping(*_of(sd3), TAYLOR, late.model_copy(update={"steps": 40}), False) as pulled:
        assert pulled.lossy == ("taylor-seer step cache of 3",)


def test_a_control_net_is_not_counted_twice(sd3: Twin) -> None:
    """What it adds between the blocks would be in what first-block remembers of them, too."""
    held = order().model_copy(update={"control": Control(kind="canny", image="0" * 64)})
    for speed, expected in ((FIRST, 0), (TAYLOR, 1)):
        with step_cache.skipping(*_of(sd3), speed, held, False) as pulled:
            assert len(pulled.lossy) == expected


def _of(twin: Twin) -> tuple[Any, Plan, Any]:
    return twin[0], PLAN, family(twin[1].family)


@pytest.mark.parametrize("speed", [FIRST, TAYLOR])
def test_nothing_stays_behind(speed: Speed, sd3: Twin) -> None:
    """The next picture is what it would have been; the same one again is guessed from its own steps alone."""
    plain, guessed = asked(sd3, 900), []
    for _ in range(2):
        with skipping(sd3, speed):
            guessed.append(torch.cat([asked(sd3, time) for time in (900, 890, 880, 870, 870)]))
        assert torch.equal(asked(sd3, 900), plain)
    assert torch.equal(*guessed)


def test_branches_are_guessed_apart(qwen: Twin) -> None:
    """Each of them computes its own steps: were they one row, every third call of the two would be."""
    guided = {"negative_prompt": " ", "true_cfg_scale": 4.0}
    with counted(qwen[0].transformer.transformer_blocks[1].attn) as calls, skipping(qwen, TAYLOR, branches=True):
        guessed = drawn(qwen, **guided)
    assert len(calls) == 2 * COMPUTED
    assert compared(drawn(qwen, **guided), guessed) > 15


def test_a_pipeline_that_does_not_tell_its_branches_apart_goes_without(flux: Twin) -> None:
    """Unless it has only one."""
    over = modes.over(flux[0], diffusers.FluxImg2ImgPipeline)
    for branches, expected in ((True, ()), (False, ("taylor-seer step cache of 3",))):
        with skipping((over, flux[1]), TAYLOR, branches=branches) as lossy:
            assert lossy == expected


def test_after_a_checkpoint_the_steps_before_it_do_not_count(sd3: Twin) -> None:
    """Forgetting after ten steps is like beginning there: three are computed at once."""

    def ended(pipeline: Any, index: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        if index == 9:
            step_cache.forget(pipeline.transformer)
        return values

    with counted(sd3[0].transformer.transformer_blocks[1].attn) as calls, skipping(sd3, TAYLOR):
        drawn(sd3, callback_on_step_end=ended)
    assert len(calls) == 5 + 5


def test_forgetting_is_for_every_network(flux: Twin) -> None:
    """One on which no cache was ever laid has nothing to forget, and draws as before."""
    plain = drawn(flux, num_inference_steps=2)
    step_cache.forget(flux[0].transformer)
    assert np.array_equal(drawn(flux, num_inference_steps=2), plain)


@pytest.mark.parametrize(
    ("model_id", "speed", "rung", "reason"),
    [
        ("demo", TAYLOR, "resident", "UNet2DConditionModel is not built of transformer blocks"),
        ("sdxl", FIRST, "resident", "the blocks of UNet2DConditionModel are not of a kind that this cache knows"),
        ("hidream-full", FIRST, "resident", "are not of a kind that this cache knows"),
        ("z-image-turbo", FIRST, "resident", "are not of a kind that this cache knows"),
        ("flux-dev", TAYLOR, "streamed", "on the rung streamed the blocks come one after another"),
        ("flux-dev", TAYLOR, "resident", ""),
        ("hidream-full", TAYLOR, "resident", ""),
        ("z-image-turbo", TAYLOR, "resident", ""),
        ("qwen-image", FIRST, "resident", ""),
    ],
)
def test_a_model_that_cannot_says_so(model_id: str, speed: Speed, rung: str, reason: str, twins: Twins) -> None:
    """Once, when it is loaded; its orders are computed whole."""
    model = twins.model(model_id)
    pipeline, plan, own = playing.loaded(model), Plan(rung=rung, device="cpu", dtype="float32"), family(model.family)
    notes = step_cache.pull(pipeline, plan, own, speed).notes
    assert [reason in note for note in notes] == ([True] if reason else [])
    with step_cache.skipping(pipeline, plan, own, speed, order(), False) as pulled:
        assert bool(pulled.lossy) is not bool(reason)


def test_compiled_blocks_are_skipped_from_outside(sd3: Twin) -> None:
    """What was compiled for whole pictures serves those with guessed steps, and not a graph is made anew."""
    traced: list[Any] = []
    calls: list[Any] = []

    def backend(graph: Any, _inputs: Any) -> Any:
        traced.append(graph)
        return graph.forward

    def compiled(plain: regions.Forward) -> regions.Forward:
        faster = torch.compile(plain, backend=backend, dynamic=True)

        def forward(*given: Any, **named: Any) -> Any:
            calls.append(plain)
            return faster(*given, **named)

        return forward

    blocks = sd3[0].transformer.transformer_blocks
    before = [vars(block).get("forward") for block in blocks]
    try:
        for block in blocks:
            regions.replace_forward(block, compiled)
        plain, graphs = asked(sd3, 900), len(traced)
        for speed, worked in ((FIRST, 4 + 2 + 4), (TAYLOR, 4 * 3 + 1)):
            calls.clear()
            with skipping(sd3, speed):
                found = [asked(sd3, 900) for _ in range(4)]
            assert (len(calls), torch.allclose(found[3], plain, atol=1e-5)) == (worked, True)
            assert torch.equal(asked(sd3, 900), plain)
        assert 0 < graphs == len(traced)
    finally:
        for block, forward in zip(blocks, before, strict=True):
            vars(block).pop("forward") if forward is None else setattr(block, "forward", forward)
