"""Modals between the bot's components and a form's inputs."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.demo.discord import selects
from bot.demo.discord.components import TEXT
from bot.demo.discord.modal_rules import CHECKBOX, FILE_UPLOAD, LABEL, RADIO, TEXT_INPUT
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.selects import SELECTS, THINGS, Resolve
from bot.demo.discord.values import Json

_STYLES = {1: "short", 2: "paragraph"}
_TYPES = {TEXT_INPUT: "text", FILE_UPLOAD: "file", CHECKBOX: "checkbox", **THINGS}


def form(modal: Json) -> Json:
    """As docs/standin.md describes a modal."""
    inputs = [_input(label, item) for label, item in _inputs(modal)]
    return {"custom_id": modal["custom_id"], "title": modal["title"], "inputs": inputs}


def _inputs(modal: Json) -> Iterator[tuple[Json, Json]]:
    """(what holds the label, the input); the older rows carry the label in the input itself."""
    for top in modal["components"]:
        if top["type"] == LABEL:
            yield top, top["component"]
        elif top["type"] == TEXT:
            yield top, top
        else:
            for item in top.get("components") or []:
                yield item, item


def _input(label: Json, item: Json) -> Json:
    if item["type"] == TEXT:
        return {"custom_id": None, "type": "words", "label": item["content"]}
    least, most = selects.bounds(item)
    shape: Json = {
        "custom_id": item["custom_id"],
        "label": label.get("label") or item["custom_id"],
        "description": label.get("description"),
        "type": _TYPES.get(item["type"], "select"),
        "required": item.get("required", item["type"] != CHECKBOX),
        "placeholder": item.get("placeholder"),
        "options": item.get("options") or [],
    }
    if item["type"] == TEXT_INPUT:
        limits = {key: item.get(key) for key in ("value", "min_length", "max_length")}
        return {**shape, **limits, "style": _STYLES[item["style"]]}
    defaults = [one["id"] for one in item.get("default_values") or []]
    return {**shape, "min_values": least, "max_values": most, "default": item.get("default", defaults)}


def submission(modal: Json, values: Mapping[str, Any], resolve: Resolve) -> Json:
    """The `data` of a modal submit: the modal's own tree with what was filled in. Raises Mistake."""
    resolved: Json = {}
    tops = []
    for top in modal["components"]:
        outer = {"type": top["type"], "id": top["id"]}
        if top["type"] == LABEL:
            tops.append({**outer, "component": _filled(top["component"], values, resolve, resolved)})
        elif top.get("components"):
            children = [_filled(item, values, resolve, resolved) for item in top["components"]]
            tops.append({**outer, "components": children})
        else:
            tops.append(outer)
    data = {"custom_id": modal["custom_id"], "components": tops}
    return {**data, "resolved": resolved} if resolved else data


def _filled(item: Json, values: Mapping[str, Any], resolve: Resolve, resolved: Json) -> Json:
    given, kind = values.get(item["custom_id"]), item["type"]
    outer = {"type": kind, "id": item.get("id", 1), "custom_id": item["custom_id"]}
    if kind == CHECKBOX:
        return {**outer, "value": bool(given)}
    if not given and item.get("required", True):
        raise Mistake("Please fill in every required field.")
    if kind == TEXT_INPUT:
        return {**outer, "value": _text(item, str(given or ""))}
    chosen, found = _chosen(item, given, resolve)
    for part, entries in found.items():
        resolved.setdefault(part, {}).update(entries)
    return {**outer, "value": chosen[0] if chosen else None} if kind == RADIO else {**outer, "values": chosen}


def _text(item: Json, text: str) -> str:
    least, most = item.get("min_length") or 0, item.get("max_length") or 4000
    if len(text) > most or (text and len(text) < least):
        raise Mistake(f"Between {least} and {most} characters, please.")
    return text


def _chosen(item: Json, given: Any, resolve: Resolve) -> tuple[list[str], Json]:
    """A choice that nobody has to make may be none, whatever the least number is."""
    several = list(given) if isinstance(given, (list, tuple)) else [given] if given else []
    if not several:
        return [], {}
    if item["type"] in SELECTS:
        return selects.chosen(item, several, resolve)
    selects.check_count(item, several)
    if item["type"] == FILE_UPLOAD:
        found = [resolve("attachment", upload) for upload in several]
        files = {key: shape for _, part in found for key, shape in part["attachments"].items()}
        return [number for number, _ in found], {"attachments": files}
    selects.check_offered(item, several)
    return [str(one) for one in several], {}
