"""Files by their signed addresses, as Discord's CDN serves them, and simple avatars."""

import hashlib
import hmac
import mimetypes
import re
import secrets
from html import escape
from io import BytesIO

from aiohttp import web
from PIL import Image

from bot.demo.discord.call import Upload
from bot.demo.discord.values import Attachment
from bot.demo.discord.world import World

SIGNED_FOR_SECONDS = 24 * 3600
_COLOURS = ("#b8651b", "#2f7d6b", "#87579c", "#8f7430", "#a34747")


class Cdn:
    """Stores uploads in the world and gives them addresses below `base` that stop working after a day."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._secret = secrets.token_bytes(16)
        self.base = ""

    def store(self, channel_id: str, upload: Upload, description: str | None = None) -> Attachment:
        """Keep an upload under a name without spaces or odd characters."""
        filename = re.sub(r"[^A-Za-z0-9_.-]+", "_", upload.filename) or "file"
        kind = mimetypes.guess_type(filename, strict=False)[0] or upload.content_type
        stored = Attachment(
            id=self._world.ids.next(),
            channel_id=channel_id,
            filename=filename,
            content_type=kind,
            data=upload.data,
            description=description,
            dimensions=_dimensions(upload.data, kind),
        )
        self._world.files[stored.id] = stored
        return stored

    def url(self, attachment: Attachment) -> str:
        issued = int(self._world.clock.now())
        path = f"/attachments/{attachment.channel_id}/{attachment.id}/{attachment.filename}"
        expires = f"{issued + SIGNED_FOR_SECONDS:x}"
        return f"{self.base}{path}?ex={expires}&is={issued:x}&hm={self._sign(attachment.id, expires)}&"

    def avatar(self, person_id: str) -> str:
        return f"{self.base}/avatars/{person_id}.svg"

    def _sign(self, attachment_id: str, expires: str) -> str:
        return hmac.new(self._secret, f"{attachment_id} {expires}".encode(), hashlib.sha256).hexdigest()

    def routes(self, prefix: str) -> list[web.RouteDef]:
        return [
            web.get(f"{prefix}/attachments/{{channel}}/{{attachment}}/{{filename}}", self._serve),
            web.get(f"{prefix}/avatars/{{person}}.svg", self._serve_avatar),
        ]

    async def _serve(self, request: web.Request) -> web.Response:
        """404 for what is unknown, wrongly signed, or older than a day: Discord says the same for all three."""
        found = self._world.files.get(request.match_info["attachment"])
        expires = request.query.get("ex", "0")
        if found is None or not hmac.compare_digest(request.query.get("hm", ""), self._sign(found.id, expires)):
            return web.Response(status=404, text="This content is no longer available.")
        if int(expires, 16) < self._world.clock.now():
            return web.Response(status=404, text="This content is no longer available.")
        # The bytes came from a person; nosniff keeps a browser from running them as a page.
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
        if not found.content_type.startswith(("image/", "video/")) or "svg" in found.content_type:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=found.data, content_type=found.content_type, headers=headers)

    async def _serve_avatar(self, request: web.Request) -> web.Response:
        person = self._world.people.get(request.match_info["person"])
        if person is None:
            return web.Response(status=404)
        colour = _COLOURS[list(self._world.people).index(person.id) % len(_COLOURS)]
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
            f'<circle cx="32" cy="32" r="32" fill="{colour}"/><text x="32" y="43" font-size="32" fill="#fff" '
            f'text-anchor="middle" font-family="sans-serif">{escape(person.name[:1])}</text></svg>'
        )
        return web.Response(text=drawing, content_type="image/svg+xml")


def _dimensions(data: bytes, kind: str) -> tuple[int, int] | None:
    """(width, height) of a picture or clip; None for everything else."""
    if kind.startswith("video/"):
        return _of_clip(data)
    if not kind.startswith("image/"):
        return None
    try:
        with Image.open(BytesIO(data)) as picture:
            return picture.size
    except (OSError, Image.DecompressionBombError):
        return None


def _of_clip(data: bytes) -> tuple[int, int] | None:
    """As the header of its first track with a size says (MP4, 16.16 fixed point)."""
    for found in re.finditer(b"tkhd", data):
        start = found.end()
        # Version 1 has longer times before the two numbers at the header's end.
        at = start + (88 if data[start : start + 1] == b"\1" else 76)
        width, height = (int.from_bytes(data[at + skip : at + skip + 2], "big") for skip in (0, 4))
        if width and height:
            return width, height
    return None
