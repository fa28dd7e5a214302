"""Rate limits as Discord announces them: a bucket per kind of request and channel, and one for everything."""

import hashlib
from dataclasses import dataclass, field

from bot.demo.discord.call import UNCOUNTED, Answer, Call, Route
from bot.demo.discord.rules import Rate
from bot.demo.discord.world import World

_TOO_MANY = 429


@dataclass
class _Window:
    rate: Rate
    opened: float = float("-inf")
    used: int = 0

    def left_of(self, now: float) -> float:
        """Seconds until the window closes; a new one opens when it has."""
        if now - self.opened >= self.rate.seconds:
            self.opened, self.used = now, 0
        return self.opened + self.rate.seconds - now


@dataclass
class Limits:
    """Counts every call; a full window answers 429 instead."""

    world: World
    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict)
    _everything: _Window | None = None

    def count(self, route: Route, call: Call) -> tuple[Answer | None, dict[str, str]]:
        """A refusal or None, and the headers that belong to the answer either way."""
        if route.bucket == UNCOUNTED:
            return None, {}
        # Interaction tokens are outside the bot-wide limit.
        if not route.open and (refused := self._count_everything()):
            return refused, {}
        bucket = self._bucket(route, call)
        major = call.params.get("channel") or call.params.get("token") or ""
        window = self._windows.setdefault((bucket, major), _Window(self.world.rules.rates[bucket]))
        left = window.left_of(self.world.clock.now())
        window.used += 1
        headers = self._headers(window, left, f"{bucket} {route.template if bucket == 'other' else ''}")
        if window.used <= window.rate.calls:
            return None, headers
        return _refused(left, "user", 30046 if bucket == "old_edit" else 0), headers

    def _bucket(self, route: Route, call: Call) -> str:
        """Messages older than an hour may be edited less often."""
        message = self.world.messages.get(call.params.get("message", ""))
        if route.bucket != "edit" or message is None:
            return route.bucket
        age = self.world.clock.now() - message.created_at
        return "old_edit" if age > self.world.rules.old_message_seconds else "edit"

    def _count_everything(self) -> Answer | None:
        window = self._everything = self._everything or _Window(self.world.rules.everything)
        left = window.left_of(self.world.clock.now())
        window.used += 1
        return _refused(left, "global") if window.used > window.rate.calls else None

    def _headers(self, window: _Window, left: float, name: str) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(window.rate.calls),
            "X-RateLimit-Remaining": str(max(0, window.rate.calls - window.used)),
            "X-RateLimit-Reset": f"{self.world.clock.now() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
        }


def _refused(left: float, scope: str, code: int = 0) -> Answer:
    everywhere = scope == "global"
    body = {"message": "You are being rate limited.", "retry_after": round(left, 3), "global": everywhere, "code": code}
    headers = {"Retry-After": f"{left:.3f}", "X-RateLimit-Scope": scope}
    return Answer(_TOO_MANY, body, {**headers, **({"X-RateLimit-Global": "true"} if everywhere else {})})
