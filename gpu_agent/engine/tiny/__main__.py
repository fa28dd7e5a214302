"""`python -m gpu_agent.engine.tiny`: train the demo's model anew, look at what it draws, and judge it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import torch
import typer

from gpu_agent.engine.tiny import sheet as sheets
from gpu_agent.engine.tiny.train import SHIPPED
from gpu_agent.engine.tiny.train import train as trained

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
HERE = Path(__file__).parent
WEIGHTS = HERE / "weights"


class Device(StrEnum):
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


@app.command()
def train(
    work: Annotated[Path, typer.Option(help="Scenes and checkpoints; the same again goes on from there.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = HERE,
    share: Annotated[float, typer.Option(min=0.0001, max=1, help="Less of everything, to try it out.")] = 1.0,
    threads: Annotated[int, typer.Option(min=1, help="Processor cores to use.")] = 2,
    device: Annotated[Device, typer.Option(help="Where the networks learn.")] = Device.CPU,
) -> None:
    """Render scenes, train the networks, write the pipeline, its LoRA and its ControlNet."""
    torch.set_num_threads(threads)
    trained(SHIPPED.part(share) if share < 1 else SHIPPED, work, out, threads, torch.device(device))
    typer.echo(f"{out}: weights, edges and loras are there.")


@app.command()
def sheet(
    out: Annotated[Path, typer.Option(help="The PNG to write.")],
    weights: Annotated[Path, typer.Option(help="The pipeline's folder.")] = WEIGHTS,
) -> None:
    """Draw the model card's sheet of unpicked pictures."""
    sheets.write(weights, out)
    typer.echo(f"{out}: {len(sheets.PROMPTS)} prompts.")


@app.command()
def judge(
    weights: Annotated[Path, typer.Option(help="The pipeline's folder.")] = WEIGHTS,
    prompts: Annotated[int, typer.Option(min=1, help="How many, of the grammar, with fresh seeds.")] = 300,
    first_seed: Annotated[int, typer.Option(help="Other prompts, and other seeds.")] = 5000,
) -> None:
    """Count how often a picture shows what was asked for, and how much two seeds differ."""
    found = sheets.pipeline(weights)
    scenes, captions = sheets.asked(prompts, first_seed)
    one, other = (sheets.pictures(found, captions, seed) for seed in (first_seed, first_seed + prompts))
    for name, (right, put) in sheets.judged(scenes, one).items():
        typer.echo(f"{name:8} {right / max(put, 1):6.1%} of {put}")
    typer.echo(f"{'variety':8} {sheets.variety(one, other):6.1%} of the distance between prompts lies between seeds")
    one, other = (sheets.pictures(found, sheets.PROMPTS, seed) for seed in (700, 800))
    typer.echo(f"{'':8} {sheets.variety(one, other):6.1%} with the sheet's {len(sheets.PROMPTS)} prompts")


if __name__ == "__main__":
    app()
