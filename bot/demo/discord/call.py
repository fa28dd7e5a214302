"""One request as a handler sees it, and its answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from bot.demo.discord.refusals import Code
from bot.demo.discord.values import Json


@dataclass(frozen=True)
class Upload:
    """A file of a multipart body."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Call:
    """`params` come from the path, `uploads` are by part name ("files[0]"); `body` is JSON, payload_json or None."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    content_type: str = ""
    authorization: str = ""
    body: Any = None
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def form(self) -> Json:
        """The body as an object. Raises 50109."""
        if not isinstance(self.body, dict):
            raise Code.MALFORMED.refusal()
        return self.body


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


NO_CONTENT = Answer(204)
UNCOUNTED = "uncounted"
Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """`template` is below /api/v10, parameters in braces; `bucket` names its rate; `open` routes need no token."""

    method: str
    template: str
    handler: Handler
    bucket: str = "other"
    open: bool = False


async def read_call(request: web.Request, path: str) -> Call:
    """Raises 50109 when the body is not JSON."""
    body, uploads = await read_body(request)
    return Call(
        method=request.method,
        path=path,
        params=dict(request.match_info),
        query=dict(request.query),
        content_type=request.content_type if request.body_exists else "",
        authorization=request.headers.get("Authorization", ""),
        body=body,
        uploads=uploads,
    )


async def read_body(request: web.Request) -> tuple[Any, dict[str, Upload]]:
    """The JSON of a body, or of its part payload_json, and the files that came with it."""
    if request.content_type != "multipart/form-data":
        return _parse(await request.read()), {}
    body: Any = None
    uploads: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        if part.name == "payload_json":
            body = _parse(data)
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads[_unused(uploads, part.name or "")] = Upload(part.filename or "file", kind, data)
    return body, uploads


def _unused(uploads: Mapping[str, Upload], name: str) -> str:
    """A browser gives several files one name."""
    return name if name not in uploads else f"{name} {len(uploads)}"


def _parse(data: bytes) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError as error:
        raise Code.MALFORMED.refusal() from error
