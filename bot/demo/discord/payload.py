"""What Discord refuses about a message before it looks at anything else."""

from collections.abc import Mapping

from bot.demo.discord import components
from bot.demo.discord.call import Upload
from bot.demo.discord.refusals import Code, Refusal, invalid, too_long
from bot.demo.discord.rules import Rules
from bot.demo.discord.values import COMPONENTS_V2, Json

_EMBED_TEXTS = {"title": 256, "description": 4096}
_NESTED_TEXTS = {"footer": ("text", 2048), "author": ("name", 256)}
_FORBIDDEN_WITH_V2 = ("content", "embeds", "poll", "sticker_ids")


def check_message(body: Json, uploads: Mapping[str, Upload], rules: Rules, flags: int = 0) -> None:
    """Sizes, counts and forms of a message to create, or of the changed part of one; `flags` it already has."""
    if len(body.get("content") or "") > 2000:
        raise too_long("content", 2000)
    if len(str(body.get("nonce") or "")) > 25:
        raise too_long("nonce", 25)
    check_uploads(uploads, rules)
    _check_attachments(body.get("attachments") or [], uploads)
    check_embeds(body.get("embeds") or [])
    _check_mentions(body.get("allowed_mentions") or {})
    v2 = bool((flags | (body.get("flags") or 0)) & COMPONENTS_V2)
    if v2:
        _check_v2(body)
    components.check(body.get("components") or [], v2)


def _check_mentions(allowed: Json) -> None:
    """Naming people, and letting the words name them, exclude one another."""
    for kind in ("users", "roles"):
        named = allowed.get(kind) or []
        if len(named) > 100:
            raise invalid(f"allowed_mentions.{kind}", "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
        if named and kind in (allowed.get("parse") or []):
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            raise invalid("allowed_mentions", code, f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.')


def _check_v2(body: Json) -> None:
    for key in _FORBIDDEN_WITH_V2:
        if body.get(key):
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            raise invalid(key, code, f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")


def check_uploads(uploads: Mapping[str, Upload], rules: Rules) -> None:
    sizes = [len(upload.data) for upload in uploads.values()]
    if max(sizes, default=0) > rules.upload_bytes or sum(sizes) > rules.request_bytes:
        raise Code.TOO_LARGE.refusal()
    if len(uploads) > 10:
        raise invalid("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for part in uploads:
        if not (part.startswith("files[") and part[6:-1].isdigit()):
            raise invalid(part, "UNKNOWN_PART", "A file's part is called files[n].")


def _check_attachments(entries: list[Json], uploads: Mapping[str, Upload]) -> None:
    """A small number means the file of that part; a snowflake means one that the message already has."""
    if len(entries) > 10:
        raise invalid("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for index, entry in enumerate(entries):
        number = int(entry.get("id", -1))
        if number < 100 and f"files[{number}]" not in uploads:
            raise invalid(f"attachments.{index}.id", "ATTACHMENT_NOT_FOUND", f"There is no part files[{number}].")
        if len(entry.get("description") or "") > 1024:
            raise too_long(f"attachments.{index}.description", 1024)


def check_embeds(embeds: list[Json]) -> None:
    if len(embeds) > 10:
        raise invalid("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    total = sum(_check_embed(f"embeds.{index}", embed) for index, embed in enumerate(embeds))
    if total > 6000:
        raise invalid("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _check_embed(place: str, embed: Json) -> int:
    """The characters that count towards the total of 6000."""
    lengths = 0
    for key, limit in _EMBED_TEXTS.items():
        lengths += _length(f"{place}.{key}", embed.get(key), limit)
    for key, (inner, limit) in _NESTED_TEXTS.items():
        lengths += _length(f"{place}.{key}.{inner}", (embed.get(key) or {}).get(inner), limit)
    fields = embed.get("fields") or []
    if len(fields) > 25:
        raise invalid(f"{place}.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for index, item in enumerate(fields):
        for key, limit in (("name", 256), ("value", 1024)):
            if not item.get(key):
                raise _missing(f"{place}.fields.{index}.{key}")
            lengths += _length(f"{place}.fields.{index}.{key}", item[key], limit)
    return lengths


def _length(place: str, text: str | None, limit: int) -> int:
    if len(text or "") > limit:
        raise too_long(place, limit)
    return len((text or "").strip())


def _missing(place: str) -> Refusal:
    return invalid(place, "BASE_TYPE_REQUIRED", "This field is required")
