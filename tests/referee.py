"""Discord's published OpenAPI document as a referee over the bot's requests and the stand-in's answers.

The document is not part of the project: DISCORD_OPENAPI names the file (openapi.json of discord/discord-api-spec).
It leaves objects open, so a misspelt key would pass; every request schema is closed here, with the few allowances that
Discord's own documentation or its client libraries need.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bot.demo.discord.log import Exchange
from bot.demo.discord.server import StandIn

URN = "urn:discord"
# Always sent by discord.py, always ignored by Discord, missing in the document.
TOLERATED = {
    "ApplicationCommandUpdateRequest": "nsfw",
    "RichEmbed": "flags",
    "MessageEditRequestPartial": "tts",
    "IncomingWebhookUpdateRequestPartial": "tts",
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": "tts",
}
# discord.py names a file that an edit keeps with all it knows of it.
KEPT = ("content_type", "height", "proxy_url", "size", "spoiler", "url", "width")
PART = re.compile(r"files\[[0-9]\]")
JSON = "application~1json"
INVALID = 50035  # "Invalid Form Body"


@dataclass(frozen=True)
class Operation:
    """One method of one path of the document; `pointer` is the JSON pointer to it."""

    method: str
    pattern: re.Pattern[str]
    pointer: str
    described: dict[str, Any]
    queries: frozenset[str]


class Referee:
    """`check` names what is wrong with one exchange: method, path, place and reason."""

    def __init__(self, document: dict[str, Any]) -> None:
        strict = _closed(document)
        self._registry = jsonschema_rs.Registry([(URN, strict)], draft=jsonschema_rs.Draft202012)
        self._wordy: Registry[Any] = Registry().with_resource(URN, DRAFT202012.create_resource(strict))
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._operations = list(_operations(strict))

    @classmethod
    def appointed(cls) -> "Referee | None":
        """The referee that DISCORD_OPENAPI asks for; None when the variable is not set."""
        return _load(path) if (path := os.environ.get("DISCORD_OPENAPI")) else None

    def watch(self, standin: StandIn) -> None:
        """Every exchange from now on; what is wrong is added to the stand-in's violations."""
        standin.log.hooks.append(lambda exchange: standin.log.violations.extend(self.check(exchange)))

    def check(self, exchange: Exchange) -> list[str]:
        operation = self._operation(exchange)
        if operation is None:
            return [f"{exchange.method} {exchange.path}: the document knows no such request"]
        faults = [*self._request(exchange, operation), *self._answer(exchange, operation)]
        return [f"{exchange.method} {exchange.path}: {fault}" for fault in faults]

    def _operation(self, exchange: Exchange) -> Operation | None:
        fitting = (one for one in self._operations if one.method == exchange.method)
        return next((one for one in fitting if one.pattern.fullmatch(exchange.path)), None)

    def _request(self, exchange: Exchange, operation: Operation) -> Iterator[str]:
        for name in set(exchange.query) - operation.queries:
            yield f"query: {name} is unknown"
        for part in exchange.parts:
            if not PART.fullmatch(part):
                yield f"body: a file's part is called {part}"
        # What Discord refuses is allowed to be wrong: a test may send it on purpose.
        if exchange.body is None or exchange.status in range(400, 429):
            return
        content = operation.described.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            yield "body: there should be none"
            return
        yield from self._against(f"{operation.pointer}/requestBody/content/{JSON}/schema", exchange.body, "body")

    def _answer(self, exchange: Exchange, operation: Operation) -> Iterator[str]:
        if exchange.status >= 500:
            return
        responses = operation.described["responses"]
        wanted = next((key for key in (str(exchange.status), f"{exchange.status // 100}XX") if key in responses), None)
        if wanted is None:
            yield f"answer: {exchange.status} is unknown here"
        elif exchange.answer is not None:
            pointer = f"{operation.pointer}/responses/{wanted}"
            if "$ref" in responses[wanted]:
                pointer = responses[wanted]["$ref"]
            yield from self._against(f"{pointer}/content/{JSON}/schema", exchange.answer, "answer")

    def _against(self, pointer: str, value: Any, side: str) -> Iterator[str]:
        """The fast library judges, as every exchange of every test comes here; the other has the better words."""
        schema = {"$ref": URN + quote(pointer, safe="#/~@")}
        if pointer not in self._validators:
            self._validators[pointer] = jsonschema_rs.Draft202012Validator(schema, registry=self._registry)
        if self._validators[pointer].is_valid(value):
            return
        error = best_match(Draft202012Validator(schema, registry=self._wordy).iter_errors(value))
        if error is None:
            yield f"{side}: it is not what {pointer} describes"
        else:
            place = ".".join(map(str, error.absolute_path))
            yield f"{side} at {place or 'its root'}: {error.message[:300]}"


def wrongs(standin: StandIn) -> list[str]:
    """What the real bot did that Discord would not have: violations, and bodies that were refused as invalid."""
    refused = [
        f"{one.method} {one.path} was refused: {one.answer}"
        for one in standin.log.exchanges
        if one.status == 400 and isinstance(one.answer, dict) and one.answer.get("code") == INVALID
    ]
    return standin.log.violations + refused


@lru_cache(maxsize=1)
def _load(path: str) -> Referee:
    return Referee(json.loads(Path(path).read_text(encoding="utf-8")))


def _closed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with closed request objects and the allowances."""
    strict = json.loads(json.dumps(document))
    schemas = strict["components"]["schemas"]
    bodies = [one["requestBody"] for item in strict["paths"].values() for one in item.values() if "requestBody" in one]
    _close(bodies, schemas, set())
    for name, key in TOLERATED.items():
        schemas[name]["properties"][key] = True
    schemas["MessageAttachmentRequest"]["properties"] |= dict.fromkeys(KEPT, True)
    # The documentation's errors have words for codes.
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        "required": ["code", "message"],
    }
    # Its example of an upload uses a number, and discord.py writes the ids of people and of replies as numbers too.
    number = {"type": ["string", "integer"]}
    schemas["MessageAttachmentRequest"]["properties"]["id"] = number
    schemas["MessageAllowedMentionsRequest"]["properties"]["users"]["items"] = number
    schemas["CreatePrivateChannelRequest"]["properties"]["recipient_id"] = number
    for name in ("guild_id", "channel_id", "message_id"):
        schemas["MessageReferenceRequest"]["properties"][name] = number
    return strict  # type: ignore[no-any-return]


def _close(node: Any, schemas: dict[str, Any], seen: set[str]) -> None:
    """Forbid unknown keys in every object a request can contain, except in the parts of an allOf."""
    if isinstance(node, list):
        for item in node:
            _close(item, schemas, seen)
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
        name = str(node.get("$ref", "")).rpartition("/")[2]
        if name in schemas and name not in seen:
            seen.add(name)
            _close(schemas[name], schemas, seen)
        _close([value for key, value in node.items() if key != "allOf"], schemas, seen)


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Fewest path parameters first, so that /users/@me is not taken for a user."""
    for path in sorted(document["paths"], key=lambda path: path.count("{")):
        item = document["paths"][path]
        pattern = re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)))
        for method in item.keys() & {"get", "put", "post", "patch", "delete"}:
            described = item[method]
            named = [*item.get("parameters", []), *described.get("parameters", [])]
            queries = frozenset(one["name"] for one in named if one.get("in") == "query")
            pointer = f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}"
            yield Operation(method.upper(), pattern, pointer, described, queries)
