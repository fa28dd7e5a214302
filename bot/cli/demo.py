"""`darkroom demo`: the main job on this machine alone, with no token, no GPU and no second computer."""

import asyncio
import importlib.util
import json as notation
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.demo.household import CannotShow
from bot.demo.show import Report, show


def demo(
    batch: Annotated[Path, typer.Option(help="The batch file that is asked for.", exists=True, dir_okay=False)],
    folder: Annotated[Path, typer.Option(help="Where the demo's ledger, keys and pictures go.")] = Path("demo"),
    port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.")] = 0,
    headless: Annotated[bool, typer.Option("--headless", help="End when everything is posted and judged.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write what happened as JSON.")] = None,
) -> None:
    """Show everything at work. The exit status is 0 when every item of the batch was posted."""
    if importlib.util.find_spec("diffusers") is None:
        _refuse("The engine is not installed here. In its folder, run: pip install -c constraints.txt '.[agent]'")
    stay = not headless and sys.stdin.isatty()
    try:
        told, whole = asyncio.run(show(batch, folder, port, stay=stay, say=typer.echo))
    except* CannotShow as failures:
        _refuse(str(failures.exceptions[0]))
    if report is not None:
        report.write_text(notation.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    typer.echo(_last_words(told, folder))
    raise typer.Exit(0 if whole else 1)


def _last_words(report: Report, folder: Path) -> str:
    return (
        f"{report['posted']} pictures posted, {report['failed']} failed, {report['verdicts']} verdicts, "
        f"{report['cues']} cue(s), {report['wakes']} wake(s), {report['seconds_total']:.0f} s. "
        f"Ledger, pictures and logs are in {folder}/"
    )


def _refuse(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
