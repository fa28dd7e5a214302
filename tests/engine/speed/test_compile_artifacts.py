"""What was compiled, kept on disk: for the next process, whole or not at all, and no more than there is room for."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gpu_agent.engine.speed.artifacts import Artifacts
from gpu_agent.engine.speed.pulled import Pulled

COMPILED = Pulled(levers=("compile",))
WEIGHTS = "a" * 64
PROCESS = """
import sys, torch
from pathlib import Path
from torch._dynamo.utils import counters
from gpu_agent.engine.speed.artifacts import Artifacts
from gpu_agent.engine.speed.compiled import inductor
from gpu_agent.engine.speed.pulled import Pulled

def turned(pairs, angles):
    return torch.view_as_real(torch.view_as_complex(pairs) * angles) + 1

pairs, angles = torch.randn(3, 4, 2), torch.polar(torch.ones(4), torch.arange(4.0))
with Artifacts(Path(sys.argv[1])).around("a" * 64, Pulled(levers=("compile",))), torch.no_grad():
    made = torch.compile(turned, dynamic=True, backend=inductor)(pairs, angles)
assert torch.allclose(made, turned(pairs, angles), atol=1e-6)
print([counters["inductor"][f"fxgraph_cache_{what}"] for what in ("hit", "miss")])
"""


# The compiler first tries out what the processor can, and reads its headers ahead: a minute for one small function.
QUICK = {"VEC_ISA_OK": "0", "CPP_CACHE_PRECOMPILE_HEADERS": "0", "COMPILE_THREADS": "1"}


def _started(folder: Path) -> str:
    """A process that compiles a little and ends; what it says of (found, not found) is the compiler's own count."""
    quick = {f"TORCHINDUCTOR_{name}": value for name, value in QUICK.items()} | {"OMP_NUM_THREADS": "1"}
    kept = {name: value for name, value in os.environ.items() if name != "TORCHINDUCTOR_CACHE_DIR"}
    command = [sys.executable, "-c", PROCESS, str(folder)]
    done = subprocess.run(command, env={**kept, **quick}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.bin"))


def test_a_second_process_compiles_nothing_anew(tmp_path: Path) -> None:
    """The first writes code, builds and runs it; the second finds all of it, writes nothing, and has a working place
    of its own, where nothing of the first one's is left."""
    assert _started(tmp_path) == "[0, 1]"
    files = _files(tmp_path)
    assert len(files) == 1
    assert _started(tmp_path) == "[1, 0]"
    assert _files(tmp_path) == files
    assert len(list(tmp_path.glob("work-*"))) == 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a place of its own to work in, so that this process keeps its."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "own"))
    (tmp_path / "compiled").mkdir()
    return tmp_path / "compiled"


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the compiler says it has made, the last of it; each is one graph more that was not found."""
    from torch._dynamo.utils import counters

    monkeypatch.setitem(counters["inductor"], "fxgraph_cache_miss", counters["inductor"]["fxgraph_cache_miss"])
    made: list[bytes] = []
    monkeypatch.setattr(torch.compiler, "save_cache_artifacts", lambda: (made[-1], None))
    return made


def _drawn(artifacts: Artifacts, made: list[bytes], content: bytes, weights: str = WEIGHTS) -> None:
    from torch._dynamo.utils import counters

    with artifacts.around(weights, COMPILED):
        made.append(content)
        counters["inductor"]["fxgraph_cache_miss"] += 1


def test_a_damaged_file_is_left_out_with_a_sentence(
    folder: Path, saved: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """Its name says what its content has to be; it is removed, and drawing goes on."""
    _drawn(Artifacts(folder), saved, b"made")
    (file,) = _files(folder)
    file.write_bytes(b"mad")
    with caplog.at_level(logging.WARNING), Artifacts(folder).around(WEIGHTS, COMPILED):
        pass
    assert "damaged and was removed" in caplog.text
    assert _files(folder) == []


def test_what_torch_cannot_read_is_left_out_as_well(
    folder: Path, saved: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """The bytes are those that were written, but they are of another kind."""
    _drawn(Artifacts(folder), saved, b"made by nobody knows what")
    with caplog.at_level(logging.WARNING), Artifacts(folder).around(WEIGHTS, COMPILED):
        pass
    assert "damaged and was removed" in caplog.text
    assert _files(folder) == []


def test_a_file_holds_all_that_its_process_made_and_nothing_half_is_left(folder: Path, saved: list[bytes]) -> None:
    """The new one takes the place of the one before; where nothing was compiled, nothing is written."""
    artifacts = Artifacts(folder)
    _drawn(artifacts, saved, b"one")
    _drawn(artifacts, saved, b"one and two")
    with artifacts.around(WEIGHTS, COMPILED):
        saved.append(b"never asked for")
    assert [file.read_bytes() for file in _files(folder)] == [b"one and two"]
    assert list(folder.glob("*.part")) == []


def test_the_files_used_longest_ago_give_way(folder: Path, saved: list[bytes]) -> None:
    """And what is larger than all may be is not written at all."""
    artifacts = Artifacts(folder, most=8)
    for number, content in enumerate((b"first", b"second", b"third", b"far too much")):
        _drawn(artifacts, saved, content, weights=str(number) * 64)
        for age, file in enumerate(_files(folder)):
            os.utime(file, (number + age / 10,) * 2)
    assert [file.read_bytes() for file in _files(folder)] == [b"third"]


def test_models_that_are_not_compiled_leave_no_trace(folder: Path, saved: list[bytes]) -> None:
    """Nothing is read, written or set for them."""
    with Artifacts(folder).around(WEIGHTS, Pulled()):
        saved.append(b"made")
    assert list(folder.iterdir()) == []


def test_no_room_on_the_disk_costs_no_picture(
    folder: Path, saved: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """A file lies where the folder should be."""
    folder.rmdir()
    folder.write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        _drawn(Artifacts(folder), saved, b"made")
    assert "cannot be kept" in caplog.text
