"""Everything that was asked and answered, and what went against the rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.demo.discord.call import Call


@dataclass(frozen=True)
class Exchange:
    """A request and the answer the world decided on. `lost` when a fault kept that answer from the bot;
    `template` is None for a path this stand-in does not know, `parts` are the names of a multipart body's files.
    """

    method: str
    path: str
    template: str | None
    query: dict[str, str]
    content_type: str
    body: Any
    parts: tuple[str, ...]
    status: int
    answer: Any
    lost: bool = False


@dataclass
class Log:
    """`hooks` see each exchange as it is written and may add to `violations`."""

    exchanges: list[Exchange] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    hooks: list[Callable[[Exchange], None]] = field(default_factory=list)

    def keep(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        for hook in self.hooks:
            hook(exchange)

    def violate(self, call: Call, reason: str) -> None:
        self.violations.append(f"{call.method} {call.path}: {reason}")

    def of(self, method: str, ending: str) -> list[Exchange]:
        """The exchanges of one method whose path ends so."""
        return [one for one in self.exchanges if one.method == method and one.path.endswith(ending)]
