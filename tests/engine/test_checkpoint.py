"""Checkpoints as values and as files, where they are kept, and for how long."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from gpu_agent.engine.checkpoint import Checkpoint, Origin
from gpu_agent.engine.checkpoint_file import packed, read
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.fault import Fault
from gpu_agent.engine.keeper import Keeper
from gpu_agent.order import Order, Start


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Pipeline:
    """As much of one as a checkpoint looks at."""

    num_timesteps = 10

    def __init__(self) -> None:
        self.scheduler = Scheduler()


class Scheduler:
    """One that remembers."""

    def __init__(self) -> None:
        self._step_index = 3
        self.model_outputs = [None, torch.ones(1, 4, 8, 8)]


def origin(job: str = "j1", **own: Any) -> Origin:
    usual: dict[str, Any] = {"model": "demo", "prompt": "a boat", "seed": 5, "width": 64, "height": 64, "steps": 10}
    order = Order(**{**usual, "job": job, "guidance": 2.0, **own})
    return Origin(order=order, weights_sha256="a" * 64, pipeline="P", scheduler="S", setting=("cpu", "float32"))


def checkpoint(step: int = 3, job: str = "j1", size: int = 8, **own: Any) -> Checkpoint:
    latents = torch.full((1, 4, size, size), float(step))
    state = {"_step_index": step, "model_outputs": [None, latents], "dt": torch.tensor(0.5), "share": 0.1 + 0.2}
    return Checkpoint(origin(job, **own), step, 10, latents, state, torch.Generator().get_state())


def names(root: Path) -> list[str]:
    """Job, step and kind of every file, the oldest step first."""
    files = sorted(root.glob("*/*"))
    return [f"{bytes.fromhex(file.parent.name).decode()} {'-'.join(file.name.split('-')[:2])}" for file in files]


def test_a_file_gives_everything_back(tmp_path: Path) -> None:
    """Bits, kinds, nested lists and the order of axes in memory; a tensor that stands twice is kept once."""
    latents = torch.randn(1, 4, 6, 8, dtype=torch.bfloat16).to(memory_format=torch.channels_last)
    turned = torch.arange(12.0).view(3, 4).T
    state = {"same": latents, "lists": [[latents, None], [turned]], "nothing": None, "share": 0.1 + 0.2, "yes": True}
    state |= {"time": torch.tensor(7), "word": "x", "low": float("-inf")}
    (tmp_path / "c").write_bytes(packed(replace(checkpoint(), latents=latents, scheduler=state)))
    found = read(tmp_path / "c", "cpu")
    assert found.origin == origin()
    assert torch.equal(found.latents, latents)
    assert found.latents.stride() == latents.stride()
    assert found.scheduler["lists"][0][0].data_ptr() == found.scheduler["same"].data_ptr() == found.latents.data_ptr()
    assert torch.equal(found.scheduler["lists"][1][0], turned)
    assert found.scheduler["lists"][1][0].stride() == turned.stride()
    assert found.scheduler["time"].shape == ()
    kept = ("nothing", "share", "yes", "word", "low")
    assert [found.scheduler[name] for name in kept] == [None, 0.1 + 0.2, True, "x", float("-inf")]


def test_a_file_holds_little_more_than_the_latents() -> None:
    """Latents that the scheduler remembers too are not written twice."""
    large = checkpoint(size=256)
    assert len(packed(large)) < large.latents.nbytes + 16384


def test_a_generator_takes_its_numbers_up_where_they_were(tmp_path: Path) -> None:
    """What it drew after the checkpoint it draws again."""
    generator = torch.Generator().manual_seed(3)
    torch.randn(5, generator=generator)
    (tmp_path / "c").write_bytes(packed(replace(checkpoint(), noise=generator.get_state())))
    further = torch.randn(5, generator=generator)
    other = torch.Generator().set_state(read(tmp_path / "c", "cpu").noise)
    assert torch.equal(torch.randn(5, generator=other), further)


def test_a_job_keeps_its_last_and_what_it_asked_for(tmp_path: Path) -> None:
    """Of the others only the last two; when the job ends, none of them."""
    folder = Checkpoints(tmp_path)
    for step in range(1, 8):
        folder.save(checkpoint(step), kept=step in (2, 4))
    assert names(tmp_path) == ["j1 00002-kept", "j1 00004-kept", "j1 00006-last", "j1 00007-last"]
    (next(tmp_path.iterdir()) / "77.part").write_bytes(b"of a worker that was killed while it wrote")
    folder.done("j1")
    assert names(tmp_path) == ["j1 00002-kept", "j1 00004-kept"]


def test_a_job_that_keeps_nothing_leaves_nothing(tmp_path: Path) -> None:
    """Not even its folder; one that never was is no error."""
    folder = Checkpoints(tmp_path)
    folder.save(checkpoint(), kept=False)
    folder.done("j1")
    folder.done("j2")
    assert list(tmp_path.iterdir()) == []


def test_jobs_that_differ_in_case_alone_share_nothing(tmp_path: Path) -> None:
    """Some file systems take `a` and `A` for the same name."""
    folder = Checkpoints(tmp_path)
    folder.save(checkpoint(job="a"), kept=False)
    folder.save(checkpoint(job="A"), kept=False)
    assert len({home.name.lower() for home in tmp_path.iterdir()}) == 2


@pytest.mark.parametrize(("most", "most_bytes"), [(3, 10**9), (100, 3 * len(packed(checkpoint())) + 100)])
def test_the_folder_is_bounded(tmp_path: Path, most: int, most_bytes: int) -> None:
    """In number and in bytes: the oldest go first, whoever they belong to, also those that were to be kept."""
    folder = Checkpoints(tmp_path, most, most_bytes)
    for number in range(6):
        folder.save(checkpoint(job=f"j{number}"), kept=True)
        for file in (tmp_path / f"j{number}".encode().hex()).iterdir():
            os.utime(file, ns=(number, number))
    assert names(tmp_path) == ["j3 00003-kept", "j4 00003-kept", "j5 00003-kept"]
    assert len(list(tmp_path.iterdir())) == 3


def test_one_that_is_larger_than_all_may_be_still_stays(tmp_path: Path) -> None:
    """The one just written never goes: it is what a crash in the next moment needs."""
    folder = Checkpoints(tmp_path, most_bytes=10)
    folder.save(checkpoint(job="old"), kept=True)
    folder.save(checkpoint(job="new"), kept=False)
    assert names(tmp_path) == ["new 00003-last"]


def test_only_the_same_render_is_gone_on_with(tmp_path: Path) -> None:
    """Another seed, weights, scheduler, precision or LoRA starts anew; what changes no pixel does not matter."""
    folder = Checkpoints(tmp_path)
    folder.save(checkpoint(), kept=False)
    same = [origin(), origin(asked="a boat, please", keep_at=(4,))]
    others = [origin(seed=6), origin(prompt="two boats"), origin(start=Start(job="j9", step=1)), origin(guidance=3.0)]
    changes = {"weights_sha256": "b" * 64, "pipeline": "Q", "scheduler": "T", "setting": ("cuda", "float32")}
    others += [origin().model_copy(update={name: value}) for name, value in changes.items()]
    assert [folder.last(each, "cpu") is not None for each in same] == [True, True]
    assert [each for each in others if folder.last(each, "cpu") is not None] == []


@pytest.mark.parametrize("damage", ["cut", "empty", "one bit", "another name", "not ours"])
def test_a_damaged_one_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str) -> None:
    """One line in the log, and the one before it is taken; with none left, the render starts anew."""
    folder = Checkpoints(tmp_path)
    for step in (3, 4):
        folder.save(checkpoint(step), kept=False)
    for step, file in zip((3, 4), sorted(tmp_path.glob("*/*")), strict=True):
        content = file.read_bytes()
        middle = len(content) // 2
        damaged = {
            "cut": content[:middle],
            "empty": b"",
            "one bit": content[:-1] + bytes([content[-1] ^ 1]),
            "another name": packed(checkpoint(9)),
            "not ours": b"{}",
        }[damage]
        found = folder.last(origin(), "cpu")
        assert found is not None
        assert found.step == 4
        if step == 4:
            file.write_bytes(damaged)
    found = folder.last(origin(), "cpu")
    assert found is not None
    assert found.step == 3
    assert len(caplog.records) == 1
    sorted(tmp_path.glob("*/*"))[0].write_bytes(damaged)
    assert folder.last(origin(), "cpu") is None


def test_a_whole_file_that_holds_something_else_is_passed_over(tmp_path: Path) -> None:
    """Its name tells its content truly; that content is no checkpoint, or lacks a part."""
    folder = Checkpoints(tmp_path)
    folder.save(checkpoint(), kept=False)
    home = next(tmp_path.iterdir())
    for content in (b"x" * 100, packed(checkpoint()).replace(b'\\"noise\\"', b'\\"voice\\"')):
        name = f"00009-last-{hashlib.sha256(content).hexdigest()[:32]}.safetensors"
        (home / name).write_bytes(content)
    found = folder.last(origin(), "cpu")
    assert found is not None
    assert found.step == 3


def test_a_start_that_is_not_there(tmp_path: Path) -> None:
    """The facts tell which steps there are."""
    folder = Checkpoints(tmp_path)
    for wanted, there in ((Start(job="j1", step=5), "2, 4"), (Start(job="j2", step=4), "none")):
        for step in (2, 4):
            folder.save(checkpoint(step), kept=True)
        with pytest.raises(Fault) as found:
            folder.at(wanted, origin("j7"), "cpu")
        assert (found.value.kind, found.value.facts["there"]) == ("checkpoint-missing", there)


@pytest.mark.parametrize(
    ("own", "what", "asked"),
    [
        ({"model": "sdxl"}, "model", "sdxl"),
        ({"width": 128}, "size", "128x64"),
        ({"frames": 5}, "size", "64x64x5"),
        ({"steps": 20}, "steps", 20),
    ],
)
def test_a_start_of_another_kind(tmp_path: Path, own: dict[str, Any], what: str, asked: object) -> None:
    """Another model, size or number of steps is refused with both; another prompt or seed is not."""
    folder = Checkpoints(tmp_path)
    folder.save(checkpoint(4), kept=True)
    start = Start(job="j1", step=4)
    with pytest.raises(Fault) as found:
        folder.at(start, origin("j7", **own), "cpu")
    assert found.value.kind == "checkpoint-unfit"
    assert (found.value.facts["what"], found.value.facts["asked"]) == (what, asked)
    assert folder.at(start, origin("j7", prompt="a house", seed=9, guidance=4.0), "cpu").step == 4


def test_a_checkpoint_every_so_many_seconds(tmp_path: Path) -> None:
    """Of ten steps of seven seconds each, with one kept every twenty: the third, the sixth and the ninth, beside the
    one asked for, from which the seconds count anew."""
    clock, saved = Clock(), []

    class Noting(Checkpoints):
        def save(self, checkpoint: Checkpoint, kept: bool) -> None:
            saved.append((checkpoint.step, kept))

    keeper = Keeper(Noting(tmp_path), origin(keep_at=(4,)), torch.Generator(), 20.0, clock)
    for index in range(10):
        clock.now += 7.0
        keeper.step_ended(Pipeline(), index, {"latents": torch.zeros(1)})
    assert saved == [(3, False), (4, True), (7, False), (10, False)]


def test_nothing_is_copied_while_none_is_due(tmp_path: Path) -> None:
    """The moment in memory holds the very latents and what the scheduler remembered then, not what it has now."""
    keeper = Keeper(Checkpoints(tmp_path), origin(), torch.Generator(), 20.0, Clock())
    pipeline, latents = Pipeline(), torch.zeros(1, 4, 8, 8)
    first = pipeline.scheduler.model_outputs[1]
    keeper.step_ended(pipeline, 0, {"latents": latents})
    pipeline.scheduler.model_outputs[1] = None
    assert keeper.last is not None
    assert keeper.last.latents is latents
    assert keeper.last.scheduler["model_outputs"][1] is first
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_costs_the_checkpoint_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A folder that cannot be made: the log says so, and the render goes on."""
    (tmp_path / "file").write_bytes(b"")
    keeper = Keeper(Checkpoints(tmp_path / "file"), origin(), torch.Generator(), 0.0, Clock())
    keeper.step_ended(Pipeline(), 0, {"latents": torch.zeros(1)})
    assert keeper.last is not None
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["no checkpoint of job j1"]
