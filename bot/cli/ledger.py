"""`darkroom ledger`: the bot's memory, looked at from outside."""

import asyncio

import typer

from bot.ledger import migrations

app = typer.Typer(help="The ledger: its schema.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """The ledger: its schema."""


@app.command()
def schema() -> None:
    """Print the ledger's whole schema as SQL, as docs/schema.sql shows it."""
    typer.echo(asyncio.run(migrations.schema()), nl=False)
