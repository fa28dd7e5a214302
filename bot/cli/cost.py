"""`darkroom cost`: whether a tower of one's own pays, by the figures of the settings."""

import json as notation
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as configuration
from bot.accounts import breakeven
from bot.accounts.breakeven import Month
from bot.errors import BadSettings
from bot.settings import CostsTable
from bot.texts import cost as texts
from bot.texts.failures import plain


def cost(
    pictures: Annotated[float, typer.Option(min=0, help="Pictures a month.")] = 200,
    seconds: Annotated[float, typer.Option(min=0, help="How long one takes to render.")] = 20,
    awake: Annotated[float, typer.Option(min=0, max=744, help="Hours a month the tower is on beside that.")] = 0,
    price: Annotated[float, typer.Option(min=0, help="What the tower costs.")] = 0,
    config: Annotated[Path, typer.Option(help="The settings of the bot.")] = Path("darkroom.toml"),
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """A month on a tower of your own beside a month on a hosted API, and when the tower has paid for itself."""
    try:
        costs = configuration.load(config).costs if config.exists() else CostsTable()
    except BadSettings as error:
        typer.echo(plain(error.kind, error.facts), err=True)
        raise typer.Exit(2) from error
    month = breakeven.month(costs, pictures, seconds, awake)
    typer.echo(_notation(month, price) if json else _sentences(month, price, costs, shipped=not config.exists()))


def _sentences(month: Month, price: float, costs: CostsTable, *, shipped: bool) -> str:
    lines = [texts.month(month, costs.currency)]
    lines += [texts.payback(price, breakeven.payback(price, month), costs.currency)] if price else []
    lines += [texts.SHIPPED] if shipped else []
    return "\n".join(lines)


def _notation(month: Month, price: float) -> str:
    found = {
        "watt_hours": month.rendering.watt_hours + month.idling.watt_hours,
        "electricity": month.rendering.money + month.idling.money,
        "hosted": month.hosted,
        "saved": month.saved,
        "payback_months": breakeven.payback(price, month) if price else None,
    }
    return notation.dumps({name: None if value is None else round(value, 6) for name, value in found.items()}, indent=1)
