"""A bench as a page: ratios of what stands beside one another, and a dash for whatever was not measured."""

from gpu_agent.engine.bench import table
from gpu_agent.engine.bench.counted import Work
from gpu_agent.engine.bench.told import Bench, Pulled, Row, Took

WORK = Work(text=0.0, denoiser=75.0, decoder=25.0, evaluations=4)


def took(median: float, joules: float | None = None) -> Took:
    parts = {"text": 0.1, "denoise": median - 0.4, "decode": 0.2, "rest": 0.1, "png": 0.05}
    return Took(runs=10, median=median, p95=median, slowest=median, **parts, peak=2 * 10**9, joules=joules)


def row(**own: object) -> Row:
    known: dict[str, object] = {
        "model": "m", "name": "M", "width": 64, "height": 64, "frames": 1, "steps": 4, "whole": True, "random": True,
        "plan": "resident", "ours": took(2.0, 300.0), "plain": took(3.0, 400.0), "compiled": 9.0, "recompiled": 0,
        "slowest": 1.1, "work": WORK, "floor": 1.0,
    }  # fmt: skip
    return Row(**{**known, **own})  # type: ignore[arg-type]  # each by its own name


def page(*rows: Row) -> str:
    return table.page(Bench("Card", "555", "bfloat16", 7.9e14, {"torch": "2"}, rows, ("N was left out.",)), "bench m")


def test_floor_plain_and_ours_stand_side_by_side_with_their_ratios() -> None:
    """Ours over the floor, and the plain call over ours."""
    line = next(line for line in page(row()).splitlines() if line.startswith("| m | 64×64"))
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert cells[2] == "1.000 s"
    assert cells[5:] == ["2.00×", "1.50×", "2.0 / 2.0 GB", "400 / 300"]


def test_what_was_not_measured_is_a_dash() -> None:
    """No figure stands for it."""
    bare = row(plain=None, work=None, floor=None, ours=took(2.0))
    line = next(line for line in page(bare).splitlines() if line.startswith("| m | 64×64"))
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert [cells[2], cells[3], cells[5], cells[6]] == ["–"] * 4
    assert cells[7:] == ["– / 2.0 GB", "– / –"]


def test_a_clip_is_told_by_the_step() -> None:
    """Its denoiser's time and its denoiser's floor, each over the steps."""
    clip = row(whole=False, frames=81)
    line = next(line for line in page(clip).splitlines() if line.startswith("| m | 64×64 × 81"))
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert cells[2] == "0.188 s a step"  # a second, three quarters of it the denoiser's, in four steps
    assert cells[4].startswith("0.400 s")
    assert cells[5] == "2.13×"


def test_levers_and_what_was_left_out_have_their_lines() -> None:
    """An identical picture is called that."""
    pulled = (Pulled("a", 1.0, 0.0), Pulled("b", 1.0, 0.5, 30.0), Pulled("c", None, missing="no card"))
    told = page(row(pulled=pulled))
    assert "| a | 1.000 | 0.0000 | identical |" in told
    assert "| b | 1.000 | 0.5000 | 30.0 dB |" in told
    assert "| c | left out: no card | – | – |" in told
    assert "- N was left out." in told
    assert "Card, driver 555. torch 2." in told
