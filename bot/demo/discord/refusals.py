"""How Discord says no: an HTTP status, a numeric code and a text; and how a client stops a person earlier."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any


class Refusal(Exception):
    """Answered as {"message", "code"} (and "errors" for a form)."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors


class Code(Enum):
    """(status, code, text) of the refusals this world knows."""

    UNAUTHORIZED = (401, 0, "401: Unauthorized")
    NOT_FOUND = (404, 0, "404: Not Found")
    UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
    UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
    UNKNOWN_USER = (404, 10013, "Unknown User")
    UNKNOWN_EMOJI = (400, 10014, "Unknown Emoji")
    UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
    UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
    UNKNOWN_APPLICATION = (404, 10002, "Unknown Application")
    TOO_MANY_REACTIONS = (400, 30010, "Maximum number of reactions reached (20)")
    TOO_MANY_COMMANDS = (400, 30032, "Maximum number of application commands reached (100).")
    DAILY_COMMANDS = (400, 30034, "Max number of daily application command creates has been reached (200)")
    TOO_LARGE = (413, 40005, "Request entity too large")
    ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
    MISSING_ACCESS = (403, 50001, "Missing Access")
    WRONG_CHANNEL_TYPE = (400, 50024, "Cannot execute action on this channel type")
    CLOSED_TO_DIRECT = (403, 50007, "Cannot send messages to this user")
    ARCHIVED = (400, 50083, "Thread is archived")
    HAS_THREAD = (400, 160004, "A thread has already been created for this message")
    LOCKED = (403, 160005, "Thread is locked")
    NOT_THE_AUTHOR = (403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
    MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
    INVALID_WEBHOOK_TOKEN = (401, 50027, "Invalid Webhook Token")
    MALFORMED = (400, 50109, "The request body contains invalid JSON.")

    def refusal(self) -> Refusal:
        return Refusal(*self.value)


def invalid(place: str, code: str, message: str) -> Refusal:
    """50035 with its tree of errors; `place` is dotted: "components.0.components.1.custom_id"."""
    tree: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(place.split(".")):
        tree = {part: tree}
    return Refusal(400, 50035, "Invalid Form Body", tree)


@contextmanager
def inside(part: str) -> Iterator[None]:
    """What is refused meanwhile has its place in this part of a larger form."""
    try:
        yield
    except Refusal as refusal:
        tree = None if refusal.errors is None else {part: refusal.errors}
        raise Refusal(refusal.status, refusal.code, refusal.message, tree) from refusal


def too_long(place: str, limit: int) -> Refusal:
    return invalid(place, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


class Mistake(Exception):
    """What a person did that a client program would not let pass; its text is the sentence to show."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status
