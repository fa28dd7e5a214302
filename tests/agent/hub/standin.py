"""A small Hugging Face hub on loopback: the answers its own client relies on, and the mishaps we want to survive.

Large files are given by a second host name, as the real hub's are by a CDN: there a token must never arrive.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from aiohttp import web
from aiohttp.typedefs import Handler

COMMIT = "c" * 40
TOKEN = "hf_" + "t" * 34
_BLOCK = 4096


@dataclass
class Repo:
    """Files by name; those of `.safetensors` are large files. A gated one gives them to TOKEN alone."""

    files: dict[str, bytes]
    gated: bool = False
    commit: str = COMMIT


@dataclass
class Asked:
    """One request, as it arrived."""

    method: str
    path: str
    range: str
    authorization: str


@dataclass
class Hub:
    """`cuts` are byte counts after which the next bodies that are longer are cut; with `stalls` they are left hanging
    there instead. `damaged` bodies are zeros, and `down` answers everything with that status."""

    url: str = ""
    repos: dict[str, Repo] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    stalls: bool = False
    damaged: bool = False
    down: int = 0

    def fetched(self, name: str) -> list[str]:
        """The Range headers with which this large file's body was asked for."""
        blobs = [hashlib.sha256(repo.files[name]).hexdigest() for repo in self.repos.values() if name in repo.files]
        return [each.range for each in self.asked if each.method == "GET" and each.path.removeprefix("/cdn/") in blobs]


@contextmanager
def hub() -> Iterator[Hub]:
    """A hub in a thread of its own, so that the blocking client can be used from the test's."""
    served, stop = Hub(), asyncio.Event()
    ready = Event()

    async def serve() -> None:
        runner = web.AppRunner(_app(served), access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()
        await stop.wait()
        await runner.cleanup()

    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(30)
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def _app(served: Hub) -> web.Application:
    @web.middleware
    async def noted(request: web.Request, handler: Handler) -> web.StreamResponse:
        headers = request.headers
        asked = Asked(request.method, request.path, headers.get("Range", ""), headers.get("Authorization", ""))
        served.asked.append(asked)
        if served.down:
            return web.Response(status=served.down)
        return await handler(request)

    async def info(request: web.Request) -> web.Response:
        return _info(served, request)

    async def tree(request: web.Request) -> web.Response:
        return _tree(served, request)

    async def resolve(request: web.Request) -> web.Response:
        return _resolve(served, request)

    async def cdn(request: web.Request) -> web.StreamResponse:
        return await _cdn(served, request)

    app = web.Application(middlewares=[noted])
    app.router.add_get("/api/models/{org}/{name}/revision/{revision}", info)
    app.router.add_get("/api/models/{org}/{name}/tree/{revision}", tree)
    app.router.add_route("*", "/{org}/{name}/resolve/{revision}/{file:.+}", resolve)
    app.router.add_route("*", "/cdn/{sha}", cdn)
    return app


def _refused(status: int, code: str, words: str = "") -> web.Response:
    return web.Response(status=status, headers={"X-Error-Code": code, "X-Error-Message": words or code})


def _repo(served: Hub, request: web.Request) -> Repo | web.Response:
    known = request.match_info
    repo = served.repos.get(f"{known['org']}/{known['name']}")
    given = request.headers.get("Authorization", "")
    if given and given != f"Bearer {TOKEN}":
        return _refused(401, "", "Invalid credentials in Authorization header")
    if repo is None:
        return _refused(404 if given else 401, "RepoNotFound")
    if known["revision"] not in ("main", repo.commit):
        return _refused(404, "RevisionNotFound")
    return repo


def _info(served: Hub, request: web.Request) -> web.Response:
    repo = _repo(served, request)
    if isinstance(repo, web.Response):
        return repo
    siblings = [{"rfilename": name, "size": len(data), "blobId": "b" * 40, **_large(name, data)}
                for name, data in repo.files.items()]  # fmt: skip
    known = f"{request.match_info['org']}/{request.match_info['name']}"
    return web.json_response({"id": known, "modelId": known, "sha": repo.commit, "siblings": siblings})


def _tree(served: Hub, request: web.Request) -> web.Response:
    repo = _repo(served, request)
    if isinstance(repo, web.Response):
        return repo
    return web.json_response([
        {"type": "file", "path": name, "size": len(data), "oid": "b" * 40, **_large(name, data, "oid")}
        for name, data in repo.files.items()
    ])  # fmt: skip


def _large(name: str, data: bytes, key: str = "sha256") -> dict[str, object]:
    digest = hashlib.sha256(data).hexdigest()
    return {"lfs": {key: digest, "size": len(data), "pointerSize": 130}} if name.endswith(".safetensors") else {}


def _resolve(served: Hub, request: web.Request) -> web.Response:
    repo = _repo(served, request)
    if isinstance(repo, web.Response):
        return repo
    if repo.gated and not request.headers.get("Authorization"):
        return _refused(401, "GatedRepo", "Access to this model is restricted.")
    name = request.match_info["file"]
    if name not in repo.files:
        return _refused(404, "EntryNotFound")
    data, digest = repo.files[name], hashlib.sha256(repo.files[name]).hexdigest()
    headers = {"X-Repo-Commit": repo.commit, "ETag": f'"{digest[:40]}"'}
    if not name.endswith(".safetensors"):
        return web.Response(body=data, headers=headers)
    elsewhere = f"http://localhost:{request.url.port}/cdn/{digest}"
    linked = {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(data)), "Location": elsewhere}
    return web.Response(status=302, headers={**headers, **linked})


async def _cdn(served: Hub, request: web.Request) -> web.StreamResponse:
    every = [data for repo in served.repos.values() for data in repo.files.values()]
    data = next(each for each in every if hashlib.sha256(each).hexdigest() == request.match_info["sha"])
    start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
    rest = bytes(len(data) - start) if served.damaged else data[start:]
    answer = web.StreamResponse(status=206 if start else 200)
    answer.content_length = len(rest)
    answer.headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
    await answer.prepare(request)
    most = served.cuts.pop(0) if served.cuts and served.cuts[0] < len(rest) else len(rest)
    for at in range(0, min(most, len(rest)), _BLOCK):
        await answer.write(rest[at : min(at + _BLOCK, most)])
    if most < len(rest) and request.transport is not None:
        if served.stalls:
            await asyncio.get_running_loop().create_future()  # until the client goes away
        request.transport.close()  # what was written still goes out; the promised rest does not
    return answer
