"""What a LoRA was trained for, told by the layers it changes and how long they are, and by its maker's notes.

Trainers write the same layer in many ways (`lora_unet_double_blocks_0_img_attn_qkv`,
`diffusion_model.double_blocks.0…`); here all are brought to one, with underscores and without what stands before.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pydantic_core import from_json

from gpu_agent.header import Header, HeaderFault
from gpu_agent.kinds import LoraRow, table
from gpu_agent.naming import clean

MOST_TRIGGERS = 8
_LONGEST_TRIGGER = 64
_BEFORE = re.compile(
    r"^(base_model\.model\.)?(lycoris_|lora_unet_|lora_transformer_|lora_prior_unet_|model\.diffusion_model\.|"
    r"diffusion_model\.|transformer\.|unet\.)?(?:lora_(?=te\d?_))?"
)
_PAIR = re.compile(
    r"^(?P<layer>.+?)[._](?:lora_(?:(?P<down>down|A)|up|B)|(?:lora\d?|lora_linear_layer)\.(?:(?P<older>down)|up))"
    r"(?:\.default)?(?:\.weight)?$"
)
_OTHER_FORMS = {
    "LoKr": re.compile(r"\.lokr_w[12]"),
    "LoHa": re.compile(r"\.hada_w[12]"),
    "OFT": re.compile(r"\.oft_(blocks|diag|R)"),
    "DoRA": re.compile(r"\.(dora_scale|lora_magnitude_vector)"),
    "Tucker": re.compile(r"\.lora_mid\."),
    "GLoRA": re.compile(r"\.(a1|b1)\.weight$"),
}
_OTHER_LAYER = re.compile(r"^(.+?)\.(?:lokr_|hada_|oft_|dora_|lora_|a1|b1)")
_OF_A_FOLDER = re.compile(r"^\d+_")  # trainers count repetitions in a data folder's name: `10_ohwx person`


@dataclass(frozen=True)
class LoraKind:
    """`family` is empty where nothing here can wear it; `rank` is the largest of its layers."""

    says: str
    family: str
    rank: int


Lengths = tuple[int, int]


def lora_kind(header: Header) -> LoraKind | None:
    """What it is for, None for what is no LoRA. Raises HeaderFault lora-form for one that cannot be worn as it is, and
    lora-unknown for one of an unknown model."""
    layers, rank = _layers(header)
    forms = [form for form, pattern in _OTHER_FORMS.items() if any(pattern.search(name) for name in header.tensors)]
    if not layers and not forms:
        return None
    if not layers:
        layers = {_flat(found[1]): (0, 0) for name in header.tensors if (found := _OTHER_LAYER.match(name))}
    row = next((row for row in table().lora if _fits(row, layers)), None)
    if row is None:
        raise HeaderFault("lora-unknown", {})
    unworn = [form for form in forms if form not in row.also]
    if unworn:
        raise HeaderFault("lora-form", {"form": unworn[0], "is": row.says})
    return LoraKind(row.says, row.family, rank)


def triggers(notes: Mapping[str, str]) -> tuple[str, ...]:
    """The words that call it up, as far as its maker noted them: said outright, else what most of its pictures were
    tagged with."""
    said = notes.get("modelspec.trigger_phrase") or notes.get("ss_trigger_words") or notes.get("trigger_words") or ""
    words = re.split(r"[,\n]", said) if said.strip() else list(_tagged(notes.get("ss_tag_frequency", "")))
    cleaned = (clean(word, _LONGEST_TRIGGER) for word in words[: 4 * MOST_TRIGGERS])
    return tuple(dict.fromkeys(word for word in cleaned if word))[:MOST_TRIGGERS]


def _layers(header: Header) -> tuple[dict[str, Lengths], int]:
    """Each layer with the lengths it takes in and gives, 0 where unknown; and the largest rank."""
    layers: dict[str, Lengths] = {}
    rank = 0
    for name, tensor in header.tensors.items():
        found = _PAIR.match(name)
        if found is None or len(tensor.shape) < 2:
            continue
        layer = _flat(found["layer"])
        inner, outer = layers.get(layer, (0, 0))
        if found["down"] or found["older"]:
            rank = max(rank, tensor.shape[0])
            layers[layer] = (tensor.shape[1], outer)
        else:
            layers[layer] = (inner, tensor.shape[0])
    return layers, rank


def _flat(layer: str) -> str:
    return _BEFORE.sub("", layer, count=1).replace(".", "_")


@cache
def _pattern(row: LoraRow) -> re.Pattern[str]:
    return re.compile(row.layer)


def _fits(row: LoraRow, layers: Mapping[str, Lengths]) -> bool:
    fitting = [lengths for layer, lengths in layers.items() if _pattern(row).search(layer)]
    if row.inner:
        return any(inner in row.inner for inner, _ in fitting)
    if row.outer:
        return any(outer in row.outer for _, outer in fitting)
    return bool(fitting)


def _tagged(frequencies: str) -> Iterator[str]:
    """The most frequent tag of each data folder, and the folder's own words before it."""
    try:
        folders = from_json(frequencies) if frequencies else {}
    except ValueError:
        return
    for folder, tags in _tables(folders):
        if _OF_A_FOLDER.match(folder):
            yield _OF_A_FOLDER.sub("", folder).replace("_", " ")
        counted = [(count, tag) for tag, count in tags.items() if isinstance(count, int)]
        if counted:
            yield max(counted, key=lambda pair: pair[0])[1].strip()


def _tables(folders: object) -> Iterable[tuple[str, dict[str, object]]]:
    items = folders.items() if isinstance(folders, dict) else ()
    return [(folder, tags) for folder, tags in items if isinstance(tags, dict)][:MOST_TRIGGERS]
