"""The people's API over HTTP, as docs/standin.md describes it, for the page."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.demo.discord.call import Upload, read_body
from bot.demo.discord.cdn import Cdn
from bot.demo.discord.member import Member
from bot.demo.discord.member_view import View, command_view, outcome_view
from bot.demo.discord.people import People
from bot.demo.discord.push import Push
from bot.demo.discord.refusals import Mistake, Refusal
from bot.demo.discord.values import Json, Message
from bot.demo.discord.world import World
from bot.demo.words import words

_LOOPBACK = ("127.0.0.1", "localhost")
Verb = Callable[[web.Request, Member], Awaitable[Any]]


@dataclass(frozen=True)
class MemberHttp:
    """Each verb gives the JSON to answer, or None for 204."""

    world: World
    cdn: Cdn
    people: People
    push: Push

    def routes(self) -> list[web.RouteDef]:
        messages = "/member/channels/{channel}/messages"
        reaction = messages + "/{message}/reactions/{emoji}"
        verbs: list[tuple[str, str, Verb]] = [
            ("GET", "/member/world", self._world),
            ("GET", "/member/words", self._words),
            ("POST", "/member/channels/{channel}/threads", self._begin_thread),
            ("PATCH", "/member/channels/{channel}", self._change_thread),
            ("GET", messages, self._messages),
            ("POST", messages, self._post),
            ("PATCH", messages + "/{message}", self._edit),
            ("DELETE", messages + "/{message}", self._delete),
            ("PUT", reaction, self._react),
            ("DELETE", reaction, self._unreact),
            ("GET", "/member/commands", self._commands),
            ("POST", "/member/commands/autocomplete", self._complete),
            ("POST", "/member/commands/run", self._run),
            ("POST", "/member/commands/use", self._use),
            ("POST", "/member/components/click", self._click),
            ("POST", "/member/modals/submit", self._submit),
        ]
        routes = [web.route(method, path, self._answering(verb)) for method, path, verb in verbs]
        return [*routes, web.get("/member/events", self._events)]

    def _answering(self, verb: Verb) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                body = await verb(request, self._who(request))
            except Mistake as mistake:
                return _json({"error": str(mistake)}, mistake.status)
            except Refusal as refusal:
                return _json({"error": _sentence(refusal)}, refusal.status)
            return web.Response(status=204) if body is None else _json(body)

        return answer

    def _who(self, request: web.Request) -> Member:
        """Raises Mistake for a page of somebody else's: there is no login here, so only our own may ask."""
        origin = request.headers.get("Origin")
        if request.url.host not in _LOOPBACK or (origin and urlsplit(origin).netloc != request.host):
            raise Mistake("Only the page on this machine may ask.", 403)
        return self.people.numbered(request.query.get("member"))

    def _view(self, member: Member) -> View:
        return View(self.world, self.cdn, member.person)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        try:
            member = self._who(request)
        except Mistake as mistake:
            return _json({"error": str(mistake)}, mistake.status)
        return await self.push.stream(request, member)

    async def _world(self, request: web.Request, member: Member) -> Json:
        return self._view(member).world()

    async def _words(self, request: web.Request, member: Member) -> Json:
        return words()

    async def _begin_thread(self, request: web.Request, member: Member) -> Json:
        body, _ = await _form(request)
        made = member.start_thread(request.match_info["channel"], _text(body, "name"), body.get("message_id"))
        return {"id": made.id}

    async def _change_thread(self, request: web.Request, member: Member) -> None:
        body, _ = await _form(request)
        thread = request.match_info["channel"]
        member.change_thread(thread, archived=body.get("archived"), locked=body.get("locked"))

    async def _messages(self, request: web.Request, member: Member) -> Json:
        limit = min(100, max(1, _whole(request.query.get("limit", "50"))))
        before = request.query.get("before")
        channel = self.world.channel(request.match_info["channel"])
        seen = member.messages(channel.id, limit, None if before is None else str(_whole(before)))
        view = self._view(member)
        return {"messages": [view.message(message) for message in seen]}

    async def _post(self, request: web.Request, member: Member) -> Json:
        body, uploads = await _form(request)
        message = member.post(
            request.match_info["channel"],
            _text(body, "content", ""),
            files=list(uploads.values()),
            reply_to=body.get("reply_to"),
            ping=bool(body.get("ping", True)),
        )
        return self._view(member).message(message)

    async def _edit(self, request: web.Request, member: Member) -> Json:
        body, _ = await _form(request)
        message = member.edit(_message(request, member).id, _text(body, "content"))
        return self._view(member).message(message)

    async def _delete(self, request: web.Request, member: Member) -> None:
        member.delete(_message(request, member).id)

    async def _react(self, request: web.Request, member: Member) -> None:
        member.react(_message(request, member).id, request.match_info["emoji"])

    async def _unreact(self, request: web.Request, member: Member) -> None:
        member.unreact(_message(request, member).id, request.match_info["emoji"])

    async def _commands(self, request: web.Request, member: Member) -> Json:
        channel = request.query.get("channel")
        menu = [{"name": command["name"]} for command in member.message_commands(channel)]
        return {"commands": [command_view(line) for line in member.commands(channel)], "message_commands": menu}

    async def _complete(self, request: web.Request, member: Member) -> Json:
        body, _ = await _form(request)
        choices = await member.complete(
            _text(body, "channel_id"),
            _text(body, "command"),
            _text(body, "focused"),
            _text(body, "value", ""),
            body.get("options"),
        )
        return {"choices": [{"name": choice["name"], "value": choice["value"]} for choice in choices]}

    async def _run(self, request: web.Request, member: Member) -> Json:
        body, uploads = await _form(request)
        files = {part.removeprefix("option:"): upload for part, upload in uploads.items()}
        options = {**(body.get("options") or {}), **files}
        return outcome_view(await member.run(_text(body, "channel_id"), _text(body, "command"), options))

    async def _use(self, request: web.Request, member: Member) -> Json:
        body, _ = await _form(request)
        return outcome_view(await member.use(_text(body, "message_id"), _text(body, "command")))

    async def _click(self, request: web.Request, member: Member) -> Json:
        body, _ = await _form(request)
        clicked = await member.click(_text(body, "message_id"), _text(body, "custom_id"), body.get("values"))
        return outcome_view(clicked)

    async def _submit(self, request: web.Request, member: Member) -> Json:
        body, uploads = await _form(request)
        files: dict[str, list[Upload]] = {}
        for part, upload in uploads.items():
            # Called input:<number>:<custom_id>, for one input may take several files.
            files.setdefault(part.split(":", 2)[-1], []).append(upload)
        values = {**(body.get("values") or {}), **files}
        return outcome_view(await member.submit(_text(body, "interaction_id"), values))


def _message(request: web.Request, member: Member) -> Message:
    """The message of the path, if it is in the path's channel. Raises Mistake."""
    message = member.message(request.match_info["message"])
    if message.channel_id != request.match_info["channel"]:
        raise Mistake("That message is gone.", 404)
    return message


async def _form(request: web.Request) -> tuple[Json, Mapping[str, Upload]]:
    body, uploads = await read_body(request)
    if not isinstance(body, dict):
        raise Mistake("The request needs a JSON object.")
    return body, uploads


def _text(body: Json, key: str, default: str | None = None) -> str:
    value = body.get(key, default)
    if not isinstance(value, str):
        raise Mistake(f"The request needs a text called {key}.")
    return value


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise Mistake("limit and before are whole numbers.")
    return int(text)


def _sentence(refusal: Refusal) -> str:
    """The first reason in the tree of a form's errors, else the refusal's own text."""
    node: Any = refusal.errors
    while isinstance(node, dict) and "_errors" not in node:
        node = next(iter(node.values()))
    return str(node["_errors"][0]["message"]) if node else f"{refusal.message}."


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
