"""The `darkroom` command."""

import typer

from bot.cli import tower
from bot.cli.check import check
from bot.cli.demo import demo
from bot.cli.run import run

app = typer.Typer(help="A Discord bot that wakes your GPU tower and learns from reactions.", no_args_is_help=True)
for verb in (run, demo, check):
    app.command()(verb)
app.add_typer(tower.app, name="tower")


def main() -> None:
    app()


if __name__ == "__main__":
    main()
