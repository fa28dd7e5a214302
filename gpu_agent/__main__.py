"""The `gpu-agent` command."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import Typer


def main() -> None:
    """`attach --socket PATH` goes straight to its work; everything else takes the time to build a command line."""
    match sys.argv[1:]:
        case ["attach", "--socket", address]:
            from gpu_agent.attach import attach

            attach(address)
        case _:
            command_line()()


def command_line() -> "Typer":
    """Every verb with its options."""
    import typer

    from gpu_agent.cli.attach import attach
    from gpu_agent.cli.bench import bench
    from gpu_agent.cli.fetch import fetch
    from gpu_agent.cli.models import models
    from gpu_agent.cli.plan import plan
    from gpu_agent.cli.render import render
    from gpu_agent.cli.replay import replay
    from gpu_agent.cli.serve import serve
    from gpu_agent.cli.shelf import shelf

    app = typer.Typer(help="Renders on this machine what a Darkroom bot orders.", no_args_is_help=True)
    for verb in (serve, attach, models, shelf, fetch, plan, render, replay, bench):
        app.command()(verb)
    return app


if __name__ == "__main__":
    main()
