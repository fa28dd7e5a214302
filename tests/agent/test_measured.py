"""What is remembered of renders: merged, bounded by nothing but the cases, and never a reason to fail."""

from pathlib import Path

import pytest

from gpu_agent.measured import NONE, Case, Measurements, Notebook, case
from gpu_agent.order import Control, Lora
from gpu_agent.planner import Plan
from gpu_agent.stock import Gpu
from tests.agent import made

CARD = Gpu(name="NVIDIA GeForce RTX 3070", total=8 * 10**9, free=7 * 10**9)
PLAN = Plan(rung="text-out", device="cuda", dtype="bfloat16", text="out", budget=7 * 10**9)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "measured.json"


def of(steps: int = 6, plan: Plan = PLAN) -> Case:
    return case(made.order(steps=steps), plan, CARD)


def test_a_render_is_still_known_after_a_restart(file: Path) -> None:
    """Peak, seconds and rungs that ran out are read back as they were."""
    book = Notebook(file)
    book.rendered(made.order(), PLAN, CARD, peak=5_000_000_000, seconds=12.0)
    book.ran_out(made.order(width=512), PLAN, CARD)
    again = Notebook(file).now
    assert again == book.now
    assert again.peak(of()) == 5_000_000_000
    assert again.seconds(of(), steps=3) == 6.0
    assert again.too_much(case(made.order(width=512), PLAN, CARD), PLAN.budget)
    assert [entry.name for entry in file.parent.iterdir()] == ["measured.json"]


def test_the_least_peak_counts_and_seconds_are_smoothed() -> None:
    """Blocks kept from a larger picture make a peak look higher than it was; one slow render is not the rule."""
    known = NONE.after_render(of(), 6000, 2.0).after_render(of(), 5000, 1.0).after_render(of(), 0, 1.5)
    assert known.peak(of()) == 5000
    assert known.seconds(of(), 2) == 3.0


def test_what_a_render_hangs_on_keeps_cases_apart() -> None:
    """Another size, rung, format, card, LoRA or ControlNet is another case; another seed or prompt is not."""
    orders = [made.order(), made.order(width=64), made.order(loras=(Lora(id="a"),))]
    orders += [made.order(source="0" * 64), made.order(source="0" * 64, control=Control(kind="canny", image="0" * 64))]
    plans = [PLAN, Plan(rung="quantized", device="cuda", dtype="bfloat16", format="fp8")]
    cards = [CARD, CARD.model_copy(update={"name": "NVIDIA H200"})]
    cases = {case(order, plan, card) for order in orders for plan in plans for card in cards}
    assert len(cases) == len(orders) * len(plans) * len(cards)
    assert case(made.order(seed=1, prompt="other"), PLAN, CARD) in cases


@pytest.mark.parametrize(
    ("width", "budget", "too_much"),
    [(128, 7.0, True), (256, 7.0, True), (120, 7.0, False), (128, 7.6, True), (128, 7.8, False), (128, 3.0, True)],
)
def test_running_out_holds_for_larger_pictures_and_no_more_memory(width: int, budget: float, too_much: bool) -> None:
    """Smaller pictures may fit, and a tenth more memory is worth another try."""
    known = NONE.after_running_out(of(), PLAN.budget)
    assert known.too_much(case(made.order(width=width), PLAN, CARD), int(budget * 10**9)) is too_much


def test_running_out_says_nothing_of_other_rungs_and_formats() -> None:
    """The next rung, or a shorter format, is what comes next."""
    known = NONE.after_running_out(of(), PLAN.budget)
    for rung, form in (("quantized", ""), ("text-out", "int8")):
        other = Plan(rung=rung, device="cuda", dtype="bfloat16", format=form)
        assert not known.too_much(of(plan=other), PLAN.budget)


def test_two_workers_write_one_file(file: Path) -> None:
    """Each card has its worker; what one learned is not lost when the other writes."""
    one, other = Notebook(file), Notebook(file)
    one.rendered(made.order(), PLAN, CARD, peak=1, seconds=6.0)
    other.rendered(made.order(width=64), PLAN, CARD, peak=2, seconds=6.0)
    assert len(Notebook(file).now.taken) == 2
    assert other.now.peak(of()) == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b'[{"case": {"card": "x"}}]', b"\xff\xfe"])
def test_a_damaged_file_is_set_aside(file: Path, content: bytes) -> None:
    """Measurements can be made again; the file stays for whoever wonders."""
    file.write_bytes(content)
    book = Notebook(file)
    assert book.now == NONE
    assert file.with_suffix(".damaged").read_bytes() == content
    book.rendered(made.order(), PLAN, CARD, peak=1, seconds=6.0)
    assert Notebook(file).now.peak(of()) == 1


def test_a_full_or_missing_disk_costs_only_the_memory_of_this_run(tmp_path: Path) -> None:
    """No picture fails because its measurements could not be written."""
    book = Notebook(tmp_path / "gone" / "measured.json")
    book.rendered(made.order(), PLAN, CARD, peak=7, seconds=6.0)
    assert book.now.peak(of()) == 7
    assert not (tmp_path / "gone").exists()


def test_nothing_is_known_of_what_never_ran() -> None:
    """Neither a peak nor a time is made up."""
    assert Measurements().peak(of()) == 0
    assert Measurements().seconds(of(), 5) is None
    assert not Measurements().too_much(of(), 1)
