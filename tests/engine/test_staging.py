"""Weights on their way to a card: the same bytes, whatever their shapes, and the drive's own speed told beside."""

from pathlib import Path
from typing import Any

import pytest
import torch

from gpu_agent.engine import extras, staging
from gpu_agent.engine.load import load
from gpu_agent.planner import Plan
from tests.engine.twins.house import Twins

PLAN = Plan(rung="resident", device="cpu", dtype="float32")


@pytest.mark.parametrize("size", [64, 1000, 1 << 20])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int8, torch.bool])
def test_two_buffers_carry_every_byte(size: int, dtype: torch.dtype) -> None:
    """Tensors smaller and larger than a buffer, empty shapes too, in turns through the same two."""
    buffers = staging.Buffers(size, pinned=False)
    generator = torch.Generator().manual_seed(0)
    sources = [torch.randint(0, 2, shape, generator=generator).to(dtype) for shape in [(7,), (33, 65), (), (1, 5, 3)]]
    sent = [buffers.sent(source, "cpu") for source in sources]
    buffers.settle()
    for source, there in zip(sources, sent, strict=True):
        assert torch.equal(source, there)
        assert source.data_ptr() != there.data_ptr()
    assert len(buffers._free) <= 2


def test_a_part_that_stays_is_left_as_it_is() -> None:
    """On a processor nothing is copied."""
    part = torch.nn.Linear(3, 4)
    before = part.weight.data_ptr()
    assert staging.send(part, "cpu") is part
    assert part.weight.data_ptr() == before


def test_only_plain_numbers_go_through_the_buffers() -> None:
    """What a quantizer made, and what does not lie in a row, goes the part's own way; two names are one tensor."""

    class Short(torch.Tensor):
        """Numbers that mean something else."""

    part: Any = torch.nn.Module()
    part.plain = torch.nn.Parameter(torch.ones(4, 2))
    part.same = part.plain
    part.short = torch.nn.Parameter(torch.ones(3).as_subclass(Short), requires_grad=False)
    part.turned = torch.nn.Parameter(torch.ones(4, 2).t())
    part.register_buffer("held", torch.ones(5))
    assert [tuple(tensor.shape) for tensor in staging._plain(part)] == [(4, 2), (5,)]


def test_loading_tells_what_it_read_and_how_fast(twins: Twins, tmp_path: Path) -> None:
    """All bytes of a model's files once; nothing the second time, when their digests are known."""
    model = twins.model("sd35-large-turbo")
    assert model.folder is not None
    weights = sum(file.stat().st_size for file in model.folder.rglob("*.safetensors") if "beside" not in file.parts)
    extras._digests_known.clear()
    first, second = (load(model, PLAN, lambda share: None).times for _ in range(2))
    assert first.bytes >= weights
    assert first.rate == first.bytes / first.read
    assert first.built > 0
    assert (second.bytes, second.read, second.rate) == (0, 0.0, 0.0)
