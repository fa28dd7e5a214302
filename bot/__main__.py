"""The `darkroom` command."""

import typer

from bot.cli import batch, export, ledger, pictures, tower
from bot.cli.check import check
from bot.cli.cost import cost
from bot.cli.cues import cues
from bot.cli.demo import demo
from bot.cli.invite import invite
from bot.cli.run import run

app = typer.Typer(help="A Discord bot that wakes your GPU tower and learns from reactions.", no_args_is_help=True)
for verb in (run, demo, check, invite, cues, cost):
    app.command()(verb)
for name, group in (
    ("tower", tower.app),
    ("batch", batch.app),
    ("ledger", ledger.app),
    ("pictures", pictures.app),
    ("export", export.app),
):
    app.add_typer(group, name=name)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
