"""A letter whose file Discord finds too large is sent again with a smaller one."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord

from bot.chat import attempts
from bot.chat.letters import Letter

Given = TypeVar("Given")


async def send(
    letter: Letter, request: Callable[[Letter], Awaitable[Given]], lessen: Callable[[Letter], Awaitable[Letter]]
) -> Given:
    """What the request gives, made with as large a file as is taken. `lessen` halves it, as far as that can be."""
    while True:
        try:
            return await request(letter)
        except discord.HTTPException as error:
            lessens = bool(letter.data) and attempts.too_large(error)
            less = await lessen(letter) if lessens else letter
            if len(less.data) >= len(letter.data):
                raise
            letter = less
