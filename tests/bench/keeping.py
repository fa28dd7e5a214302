"""What previews and checkpoints take from a render."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

import torch

from gpu_agent.engine import preview
from gpu_agent.engine.checkpoint import Origin
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.families import colours
from gpu_agent.engine.keeper import Keeper
from tests.agent import made
from tests.bench.figure import Figure, Row, spread

QUESTION = (
    "What is taken from the steps of a picture of 1024×1024 pixels, and of a clip: a preview (once a second at most), "
    "a checkpoint (every 20 seconds; the scheduler remembers two steps), and a step after which neither is due."
)
LATENTS = {"SDXL": (1, 4, 128, 128), "Flux": (1, 16, 128, 128), "Wan, 81 frames of 1280×720": (1, 16, 21, 90, 160)}


class _Pipeline:
    """As much of one as a checkpoint looks at."""

    num_timesteps = 30

    def __init__(self, latents: torch.Tensor) -> None:
        self.scheduler = _Scheduler(latents)


class _Scheduler:
    def __init__(self, latents: torch.Tensor) -> None:
        self._step_index, self.lower_order_nums = 3, 2
        self.model_outputs = [torch.randn_like(latents), torch.randn_like(latents)]
        self.sigmas = torch.linspace(1, 0, 31)


def measure(folder: Path, rounds: int = 20) -> Figure:
    rows: list[Row] = []
    for name, shape in LATENTS.items():
        latents = torch.randn(shape)
        pipeline = _Pipeline(latents)
        looks = _times(rounds, partial(_looked, latents))
        rows.append(spread(f"{name}: a preview", [1000 * one for one in looks], "ms"))
        rows.append(spread(f"{name}: previews, of a second", [100 * one for one in looks], "%"))
        for words, every in (("a checkpoint", 0.0), ("a step after which nothing is due", 1e9)):
            ended = partial(_keeper(folder, every).step_ended, pipeline, 3, {"latents": latents})
            spent = _times(rounds, ended)
            rows.append(spread(f"{name}: {words}", [1000 * one for one in spent], "ms"))
    return Figure("keeping", QUESTION, tuple(rows))


def _looked(latents: torch.Tensor) -> None:
    frame = latents[0] if latents.ndim == 4 else latents[0, :, latents.shape[2] // 2]
    line = torch.full((frame.shape[0] + 1, 3), 0.1)
    preview.jpeg(colours.shown(frame, line), 8 * frame.shape[2], 8 * frame.shape[1])


def _keeper(folder: Path, every: float) -> Keeper:
    origin = Origin(order=made.order("b1"), weights_sha256="0" * 64, pipeline="P", scheduler="S")
    return Keeper(Checkpoints(folder / "checkpoints"), origin, torch.Generator(), every)


def _times(rounds: int, work: Callable[[], None]) -> list[float]:
    """Seconds of each, without the first."""
    spent = []
    for _ in range(rounds + 1):
        began = perf_counter()
        work()
        spent.append(perf_counter() - began)
    return spent[1:]
