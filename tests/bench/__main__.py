"""`python -m tests.bench`: the figures as Markdown, measured one after the other; see docs/benchmarks/README.md."""

import json
import platform
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import typer

from tests.bench import accepts, acknowledge, demo, keeping, learning, memory, questions, render, table, wire
from tests.bench.figure import Figure

FIGURES: dict[str, Callable[[Path], Figure]] = {
    "render": render.measure,
    "keeping": keeping.measure,
    "wire": wire.measure,
    "acknowledge": acknowledge.measure,
    "accepts": accepts.measure,
    "questions": questions.measure,
    "learning": learning.measure,
    "memory": memory.measure,
    "demo": demo.measure,
}
LIBRARIES = ("torch", "diffusers", "transformers", "discord.py", "asyncssh", "aiosqlite")


def bench(
    only: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(FIGURES)}; can be repeated.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures as JSON, too.")] = None,
) -> None:
    """Measure. The machine should do nothing else meanwhile."""
    if unknown := set(only or ()) - set(FIGURES):
        raise typer.BadParameter(f"There is no figure {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}.")
    taken = []
    print(machine(), flush=True)
    for name in only or FIGURES:
        print(f"measuring {name} …", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="dr-") as folder:
            taken.append(FIGURES[name](Path(folder)))
        print("\n" + table.section(taken[-1]), flush=True)
    if json_file is not None:
        content = {"machine": machine(), "figures": [asdict(figure) for figure in taken]}
        json_file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> str:
    """Where and with what, in one paragraph."""
    memory = psutil.virtual_memory().total / 2**30
    versions = [f"{name} {version(name)}" for name in LIBRARIES]
    words = [
        f"{psutil.cpu_count()} cores {platform.machine()}, {memory:.0f} GiB, {platform.system()}",
        f"Python {platform.python_version()}",
        *versions,
        f"SQLite {sqlite3.sqlite_version}",
        _openssh(),
    ]
    return "; ".join(word for word in words if word) + "."


def _openssh() -> str:
    try:
        said = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=False).stderr
    except FileNotFoundError:
        return ""
    return said.partition(",")[0].replace("_", " ").strip()


if __name__ == "__main__":
    typer.run(bench)
