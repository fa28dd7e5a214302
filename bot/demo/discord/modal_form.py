"""Modals between the bot's components and a form's inputs."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.demo.discord.components import LABEL, SELECTS, STRING_SELECT, TEXT_INPUT
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.values import Json

_STYLES = {1: "short", 2: "paragraph"}


def form(modal: Json) -> Json:
    """As docs/standin.md describes a modal."""
    inputs = [_input(label, item) for label, item in _inputs(modal)]
    return {"custom_id": modal["custom_id"], "title": modal["title"], "inputs": inputs}


def _inputs(modal: Json) -> Iterator[tuple[Json, Json]]:
    """(what holds the label, the input); the older rows carry the label in the input itself."""
    for top in modal["components"]:
        if top["type"] == LABEL:
            yield top, top["component"]
        else:
            for item in top.get("components") or []:
                yield item, item


def _input(label: Json, item: Json) -> Json:
    shape: Json = {
        "custom_id": item["custom_id"],
        "label": label.get("label") or item["custom_id"],
        "description": label.get("description"),
        "type": "text" if item["type"] == TEXT_INPUT else "select",
        "required": item.get("required", True),
        "placeholder": item.get("placeholder"),
        "options": item.get("options") or [],
    }
    if item["type"] == TEXT_INPUT:
        limits = {key: item.get(key) for key in ("value", "min_length", "max_length")}
        return {**shape, **limits, "style": _STYLES[item["style"]]}
    return {**shape, "min_values": item.get("min_values", 1), "max_values": item.get("max_values", 1)}


def submission(modal: Json, values: Mapping[str, Any]) -> Json:
    """The `data` of a modal submit: the modal's own tree with what was filled in. Raises Mistake."""
    tops = []
    for top in modal["components"]:
        outer = {"type": top["type"], "id": top["id"]}
        if top["type"] == LABEL:
            tops.append({**outer, "component": _filled(top["component"], values)})
        elif top.get("components"):
            tops.append({**outer, "components": [_filled(item, values) for item in top["components"]]})
    return {"custom_id": modal["custom_id"], "components": tops}


def _filled(item: Json, values: Mapping[str, Any]) -> Json:
    given = values.get(item["custom_id"])
    if not given and item.get("required", True):
        raise Mistake("Please fill in every required field.")
    outer = {"type": item["type"], "id": item.get("id", 1), "custom_id": item["custom_id"]}
    if item["type"] in SELECTS:
        chosen = [given] if isinstance(given, str) else list(given or [])
        _check_choice(item, chosen)
        return {**outer, "values": chosen}
    text = str(given or "")
    if len(text) > item.get("max_length", 4000) or (text and len(text) < item.get("min_length", 0)):
        raise Mistake(f"Between {item.get('min_length', 0)} and {item.get('max_length', 4000)} characters, please.")
    return {**outer, "value": text}


def _check_choice(item: Json, chosen: list[str]) -> None:
    offered = [option["value"] for option in item.get("options") or []]
    if item["type"] == STRING_SELECT and any(value not in offered for value in chosen):
        raise Mistake("Choose among the options, please.")
