"""Faults to order: what the next request to some path meets instead of, or after, the truth."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOO_MANY = 429


@dataclass(frozen=True)
class Reply:
    """One bad answer. `after`: the request is applied first and only its answer is lost. `cut`: the connection ends
    instead of an answer. `gate`: the answer waits for this event, so that somebody can die in between.
    Without a status the true answer is given (after the gate).
    """

    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False
    cut: bool = False
    gate: asyncio.Event | None = None

    @property
    def applies(self) -> bool:
        """Whether the world sees the request."""
        return self.after or (self.status is None and not self.cut)


def rate_limited(seconds: float, scope: str = "user") -> Reply:
    """A 429 as Discord writes it; `scope` is user, shared or global."""
    return Reply(
        TOO_MANY,
        {"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global", "code": 0},
        {
            "Retry-After": str(seconds),
            "X-RateLimit-Scope": scope,
            **({"X-RateLimit-Global": "true"} if scope == "global" else {}),
        },
    )


@dataclass
class _Fault:
    method: str
    path: str
    replies: list[Reply]


class Faults:
    """Each fault meets the first requests whose method and part of the path fit, in order, then is over."""

    def __init__(self) -> None:
        self._faults: list[_Fault] = []

    def add(self, method: str, path: str, *replies: Reply) -> None:
        self._faults.append(_Fault(method, path, list(replies)))

    def clear(self) -> None:
        """All is well again."""
        self._faults.clear()

    def take(self, method: str, path: str) -> Reply | None:
        for fault in self._faults:
            if fault.replies and fault.method == method and fault.path in path:
                return fault.replies.pop(0)
        return None
