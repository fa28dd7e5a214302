"""The first picture of a model that lies on the disk: the wait after a tower woke."""

from pathlib import Path
from time import perf_counter

from gpu_agent.config import Config
from gpu_agent.engine.bench import rate
from gpu_agent.engine.bench.ours import Ours
from gpu_agent.engine.bench.subject import Subject
from gpu_agent.engine.bench.told import First
from gpu_agent.engine.load import load


def picture(subject: Subject, config: Config, root: Path) -> First:
    """Drawn by a new engine; the disk is measured before, over the same files, and then they are read from there."""
    files = subject.files()
    reached = rate.disk(files)
    rate.forget(files)
    ours = Ours(subject.model, load, subject.device, config, config.speed, root)
    began = perf_counter()
    try:
        ours.draw(subject.order(0), 0)
        return First(perf_counter() - began, sum(file.stat().st_size for file in files), reached)
    finally:
        ours.release()
