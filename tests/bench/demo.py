"""The whole program on one machine: how long `darkroom demo --headless` takes, and what of it is not ours to save."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.ledger import census
from tests.agent.sshd import ROOT
from tests.bench.figure import Figure, count, spread

QUESTION = (
    "`darkroom demo --headless` from nothing to its report: a bot, a stand-in for Discord, a tower that is woken "
    "and boots for a second and a half, the sample batch, verdicts, and one slug again. The rest is starting "
    "processes, loading the engine and the model, and Discord's rate limits."
)
BATCH = ROOT / "examples" / "prompts-batch-1.json"


def measure(folder: Path, rounds: int = 3, items: int | None = None) -> Figure:
    batch = folder / "batch.json"
    batch.write_text(json.dumps(json.loads(BATCH.read_text(encoding="utf-8"))[:items]), encoding="utf-8")
    runs = [_run(folder / f"demo{turn}", batch) for turn in range(rounds)]
    return Figure("demo", QUESTION, (
        spread("in all", [run["seconds_total"] for run in runs], "s"),
        spread("the engine's part", [run["seconds_engine"] for run in runs], "s"),
        spread("from the magic packet to ready", [run["wake"] for run in runs], "s"),
        spread("the rest", [run["seconds_total"] - run["seconds_engine"] - run["wake"] for run in runs], "s"),
        count("pictures posted", sum(run["posted"] for run in runs)),
        count("failed or cancelled", sum(run["failed"] + run["cancelled"] for run in runs)),
        count("wakes", sum(run["wakes"] for run in runs)),
    ))  # fmt: skip


def _run(folder: Path, batch: Path) -> dict[str, Any]:
    """The demo's own report, and `wake`: the seconds its ledger has for waking the tower."""
    report = folder.with_suffix(".json")
    options = ["--batch", batch, "--folder", folder, "--report", report, "--headless"]
    subprocess.run([sys.executable, "-m", "bot", "demo", *map(str, options)], cwd=ROOT, check=True, capture_output=True)
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return told | {"wake": asyncio.run(_wake(folder / "darkroom.db"))}


async def _wake(ledger: Path) -> float:
    async with census.looking(ledger) as connection:
        ((seconds,),) = await connection.execute_fetchall("SELECT total(seconds) FROM wakes")
    return float(seconds)
