"""A stage of training goes on where it was stopped, and ends as if it had never been."""

from pathlib import Path
from random import Random

import pytest
import torch

from gpu_agent.engine.tiny.course import Course, run

COURSE = Course("line", steps=40, batch=4, rate=1e-2, seed=3, keep=10, average=0.9)


class Interrupted(Exception):
    """As if the power had gone."""


def trained(folder: Path, until: int = 10**9) -> torch.Tensor:
    torch.manual_seed(1)
    line = torch.nn.Linear(3, 1)
    optimizer = torch.optim.AdamW(line.parameters(), lr=1e-2)

    def one(step: int, lot: Random) -> torch.Tensor:
        if step == until:
            raise Interrupted
        given = torch.tensor([[lot.random() for _ in range(3)] for _ in range(COURSE.batch)])
        missed: torch.Tensor = (line(given) - given.sum(1, keepdim=True) + 0.01 * torch.randn(1)).square().mean()
        return missed

    run(COURSE, folder, {"line": line}, [optimizer], one)
    return torch.cat([line.weight.detach().flatten(), line.bias.detach()])


@pytest.mark.parametrize("until", [0, 9, 10, 27, 39])
def test_a_stopped_stage_ends_bit_identical(tmp_path: Path, until: int) -> None:
    """Steps since the last checkpoint are taken again with the same numbers."""
    (tmp_path / "whole").mkdir()
    (tmp_path / "stopped").mkdir()
    with pytest.raises(Interrupted):
        trained(tmp_path / "stopped", until)
    assert torch.equal(trained(tmp_path / "stopped"), trained(tmp_path / "whole"))


def test_a_finished_stage_is_loaded_and_not_taken_again(tmp_path: Path) -> None:
    """The command may be given twice."""
    first = trained(tmp_path)
    assert torch.equal(trained(tmp_path, until=0), first)


def test_the_rate_rises_stays_and_falls_to_nearly_nothing() -> None:
    """The long fall at the end is what makes edges straight."""
    course = Course("x", steps=1000, batch=1, rate=1.0)
    rates = [course.rate_at(step) for step in range(1000)]
    assert rates[0] == pytest.approx(0.01)
    assert rates[100:400] == pytest.approx([1.0] * 300)
    assert rates[399:] == sorted(rates[399:], reverse=True)
    assert rates[-1] < 0.02
