"""What `darkroom check` says of each part: how it is, and what to do where it is not well. For a terminal."""

from collections.abc import Sequence

from bot.texts.towers import machine
from gpu_agent.stock import ShelfModel
from gpu_agent.wire import Ready

SETTINGS_WELL = "They can be read."
LEDGER_NEW = "There is none yet; the bot makes it at its first start."
LEDGER_WELL = "It opens and is whole."
LEDGER_IN_USE = "A running bot has it open, and checked it when it started."
NO_TOWER = "None is set up. Add a [[tower]] table to the settings."
TOKEN_REFUSED = "Discord refuses it. Take a fresh one from the Bot page of Discord's developer portal."  # noqa: S105
AWAKE = "It is awake, and its SSH server answers."
HOST_KEY_WELL = "It shows the pinned host key."
NO_SHELF = "The agent did not say in time which models it has. Restart `gpu-agent serve` there."


def not_looked_at(before: str) -> str:
    return f"Not looked at, because “{before}” is not well."


def token_well(name: str) -> str:
    return f"Discord knows it as {name}."


def unreachable(api_base: str) -> str:
    return f"Discord cannot be reached at {api_base}. Check the network, and [discord] api_base."


def not_in_guild(guild: int) -> str:
    return f"The bot is not in the server {guild}. Invite it there, or correct [discord] guild_id."


def permissions(guild: str, lacking: Sequence[str]) -> str:
    if not lacking:
        return f"The bot may do all it needs in {guild}."
    return f"In {guild} the bot lacks {', '.join(lacking)}. Grant that to the bot's role in the server's settings."


def agent(ready: Ready) -> str:
    return f"gpu-agent answers, version {ready.agent}: {machine(ready.gpus, ready.disk_free)}."


def models(found: Sequence[ShelfModel]) -> str:
    present = [model.name for model in found if model.present]
    if not present:
        return "The weights of no model are on the tower. Run `gpu-agent models` there to see where they belong."
    return f"{len(present)} of {len(found)} can be rendered: {', '.join(present)}."
