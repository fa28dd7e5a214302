"""`gpu-agent attach`: the forced command of the bot's SSH key."""

from typing import Annotated

import typer

from gpu_agent.attach import attach as copy


def attach(socket: Annotated[str, typer.Option(help="The daemon's local socket.")]) -> None:
    """Join standard input and output to the daemon; put this behind command= in authorized_keys."""
    copy(socket)
