"""Message components: what Discord refuses about buttons, menus and layouts, and how it gives them back."""

from collections.abc import Iterator

from bot.demo.discord import selects
from bot.demo.discord.refusals import Refusal, invalid, too_long
from bot.demo.discord.selects import SELECTS
from bot.demo.discord.values import Json

ROW, BUTTON = 1, 2
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
_LAYOUT_TOPS = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
KINDS = (ROW, BUTTON, *SELECTS, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER)
_LINK, _PREMIUM = 5, 6
_DEFAULTS: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    THUMBNAIL: {"description": None, "spoiler": False},
    FILE: {"name": None, "size": None, "spoiler": False},
    SEPARATOR: {"spacing": 1, "divider": True},
    CONTAINER: {"accent_color": None, "spoiler": False},
}


def walk(components: list[Json], place: str = "components") -> Iterator[tuple[str, Json]]:
    """Every component, parents first, with its dotted place."""
    for index, component in enumerate(components):
        here = f"{place}.{index}"
        yield here, component
        yield from walk(component.get("components") or [], f"{here}.components")
        for only in ("accessory", "component"):
            if only in component:
                yield f"{here}.{only}", component[only]


def find(components: list[Json], custom_id: str) -> Json | None:
    return next((item for _, item in walk(components) if item.get("custom_id") == custom_id), None)


def check(components: list[Json], v2: bool) -> None:
    """Raises 50035 at the first component that Discord would not take."""
    for index, component in enumerate(components):
        if component.get("type") not in (_LAYOUT_TOPS if v2 else (ROW,)):
            raise invalid(
                f"components.{index}.type", "UNION_TYPE_CHOICES", 'Value of field "type" is not allowed here.'
            )
    if len(components) > 5 and not v2:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    everything = list(walk(components))
    if len(everything) > 40:
        raise invalid("components", "COMPONENT_MAX_TOTAL_COMPONENTS", "The total number of components exceeds 40.")
    if sum(len(item.get("content") or "") for _, item in everything) > 4000:
        raise too_long("components", 4000)
    seen: set[str] = set()
    for place, component in everything:
        _check_one(place, component, seen)


def _check_one(place: str, component: Json, seen: set[str]) -> None:
    kind = component.get("type")
    if kind not in KINDS:
        raise invalid(f"{place}.type", "UNION_TYPE_CHOICES", 'Value of field "type" is not allowed here.')
    if kind == ROW:
        _check_row(place, component)
    elif kind == BUTTON:
        _check_button(place, component)
    elif kind in SELECTS:
        selects.check(place, component)
    check_unique(place, component, seen)


def check_unique(place: str, component: Json, seen: set[str]) -> None:
    """A custom id has at most 100 characters and stands once in a message or modal; `seen` learns it."""
    if not (custom_id := component.get("custom_id")):
        return
    if len(custom_id) > 100:
        raise too_long(f"{place}.custom_id", 100)
    if custom_id in seen:
        code = "COMPONENT_CUSTOM_ID_DUPLICATED"
        raise invalid(f"{place}.custom_id", code, "Component custom id cannot be duplicated")
    seen.add(custom_id)


def _check_row(place: str, row: Json) -> None:
    children = row.get("components") or []
    width = sum(5 if child.get("type") in SELECTS else 1 for child in children)
    if not 1 <= width <= 5:
        raise invalid(f"{place}.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")


def _check_button(place: str, button: Json) -> None:
    style: int = button.get("style") or 0
    if style not in range(1, 7):
        raise invalid(f"{place}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
    if len(button.get("label") or "") > 80:
        raise too_long(f"{place}.label", 80)
    if style == _LINK and not button.get("url"):
        raise _required(f"{place}.url")
    if style < _LINK and not button.get("custom_id"):
        raise invalid(f"{place}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
    if style != _PREMIUM and not button.get("label") and not button.get("emoji"):
        raise invalid(place, "BUTTON_COMPONENT_INVALID_LABEL", "A label or an emoji is required")


def _required(place: str) -> Refusal:
    return invalid(place, "BASE_TYPE_REQUIRED", "This field is required")


def numbered(components: list[Json]) -> list[Json]:
    """A copy as Discord returns it: without nulls, defaults filled in, every component with its number."""
    copies = [_clean(component) for component in components]
    for number, (_, component) in enumerate(walk(copies), start=1):
        component.setdefault("id", number)
    return copies


def _clean(component: Json) -> Json:
    kept = {**_DEFAULTS.get(component.get("type", 0), {}), **{k: v for k, v in component.items() if v is not None}}
    if "components" in kept:
        kept["components"] = [_clean(child) for child in kept["components"]]
    for only in ("accessory", "component"):
        if only in kept:
            kept[only] = _clean(kept[only])
    if "items" in kept:
        kept["items"] = [{"description": None, "spoiler": False, **item} for item in kept["items"]]
    if "emoji" in kept:
        kept["emoji"] = {k: v for k, v in kept["emoji"].items() if v is not None}
    return kept
