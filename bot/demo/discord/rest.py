"""The door of REST: every request is read, perhaps spoiled, counted, decided, logged and answered here."""

import hmac
import json
import traceback
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from bot.demo.discord.call import Answer, Call, Route, read_call
from bot.demo.discord.faults import Faults, Reply
from bot.demo.discord.limits import Limits
from bot.demo.discord.log import Exchange, Log
from bot.demo.discord.refusals import Code, Refusal
from bot.demo.discord.world import World

PREFIX = "/api/v10"


class Rest:
    """Serves the routes below PREFIX; what no route knows is answered 404 and noted as a violation."""

    def __init__(self, world: World, limits: Limits, faults: Faults, log: Log) -> None:
        self._world = world
        self._limits = limits
        self._faults = faults
        self._log = log

    def attach(self, app: web.Application, routes: Iterable[Route]) -> None:
        for route in routes:
            app.router.add_route(route.method, PREFIX + route.template, self._endpoint(route))
        app.router.add_route("*", PREFIX + "/{tail:.*}", self._unknown)

    def _endpoint(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route)

        return serve

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, None)

    async def _serve(self, request: web.Request, route: Route | None) -> web.StreamResponse:
        path = request.path.removeprefix(PREFIX)
        fault = self._faults.take(request.method, path)
        try:
            call = await read_call(request, path)
        except Refusal as refusal:
            return _response(_refused(refusal))
        if fault is not None and not fault.applies:
            answer = Answer(fault.status or 500, fault.body, fault.headers)
            self._keep(call, route, answer, lost=fault.cut)
            return _cut(request) if fault.cut else _response(answer)
        answer = self._decide(call, route)
        self._keep(call, route, answer, lost=fault is not None and fault.after)
        return _response(answer) if fault is None else await _spoil(request, answer, fault)

    def _decide(self, call: Call, route: Route | None) -> Answer:
        if route is None:
            self._log.violate(call, "this stand-in does not know the path")
            return _refused(Code.NOT_FOUND.refusal())
        expected = f"Bot {self._world.token}"
        if not route.open and not hmac.compare_digest(call.authorization.encode(), expected.encode()):
            return _refused(Code.UNAUTHORIZED.refusal())
        limited, headers = self._limits.count(route, call)
        answer = limited or self._handle(call, route)
        return Answer(answer.status, answer.body, {**headers, **answer.headers})

    def _handle(self, call: Call, route: Route) -> Answer:
        try:
            return route.handler(call)
        except Refusal as refusal:
            return _refused(refusal)
        except Exception:
            # A fault of the stand-in must be seen as such and not look like the bot's.
            self._log.violate(call, f"the stand-in failed: {traceback.format_exc()}")
            return Answer(500, {"message": "500: Internal Server Error", "code": 0})

    def _keep(self, call: Call, route: Route | None, answer: Answer, lost: bool) -> None:
        self._log.keep(
            Exchange(
                method=call.method,
                path=call.path,
                template=route.template if route else None,
                query=dict(call.query),
                content_type=call.content_type,
                body=call.body,
                parts=tuple(call.uploads),
                status=answer.status,
                answer=answer.body,
                lost=lost,
            )
        )


def _refused(refusal: Refusal) -> Answer:
    body = {"message": refusal.message, "code": refusal.code}
    return Answer(refusal.status, body if refusal.errors is None else {**body, "errors": refusal.errors})


def _response(answer: Answer) -> web.Response:
    # "Via" tells a 429 of Discord's from one of the proxy before it; aiohttp's own json_response would add a charset.
    headers = {"Via": "1.1 google", **answer.headers}
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    headers["Content-Type"] = "application/json"
    return web.Response(status=answer.status, body=json.dumps(answer.body).encode(), headers=headers)


async def _spoil(request: web.Request, answer: Answer, fault: Reply) -> web.Response:
    if fault.gate is not None:
        await fault.gate.wait()
    if fault.cut:
        return _cut(request)
    return _response(answer if fault.status is None else Answer(fault.status, fault.body, fault.headers))


def _cut(request: web.Request) -> web.Response:
    """The connection ends without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
