"""How many bytes a model takes on a card, rung by rung, from the sizes of its parts and of the picture: starting
figures, which measured ones replace.

They stand on published peaks: a FLUX.1 forward at 1024x1024 takes 0.5 GB above its weights, decoding that picture in
one piece some 4 GB, and a whole FLUX.1 in bfloat16 38.8 GB.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gpu_agent.cards import GB
from gpu_agent.order import Order
from gpu_agent.planner import Plan, Text
from gpu_agent.stock import Part, ShelfLora, ShelfModel

CONTEXT = int(0.45 * GB)  # what the driver takes for a process before the first tensor
LORA = int(0.2 * GB)
_PROCESS = int(0.4 * GB)  # torch and diffusers themselves, on a processor
_STEP, _TOKENS = 0.5 * GB, 4096  # a denoiser's activations for so many tokens
_DECODE, _TILE = 4.2 * GB, 512  # for a megapixel in one piece; a tile's side in pixels
_MEGAPIXEL = 1024**2
_AT_ONCE = 4  # frames that a clip's decoder works on together
_SMALLER = {"fp8": 0.52, "int8": 0.52, "nf4": 0.285}  # of 16 bits, with scales and the layers that stay as they are
_TWO_BLOCKS = 0.065  # of a denoiser: the block at work and the one that comes
_TWO_LEAVES = 0.01
_TEXT_LEAF, _LARGEST_LEAF = 0.2, 2.2 * GB  # of a text encoder: its table of words, and the largest of these there is
_TEXT_STEP = int(0.3 * GB)
_PINNED = 1.2  # memory that the card reads by itself is rounded up


@dataclass(frozen=True)
class Needs:
    """Bytes at 16 bits, twice that on a processor: of the denoisers together and of the largest, of the text encoders
    likewise, of the decoder, of everything else, of what this order adds, and what a step and the decoding take.
    `format` is how the denoiser's file is quantized already."""

    denoisers: int
    denoiser: int
    texts: int
    text: int
    vae: int
    other: int
    extras: int
    step: int
    decode: int
    decode_tiled: int
    format: str

    def taking(self, quantized: str, every: bool = False) -> int:
        """The denoiser that works now, or `every` one, quantized so."""
        return int((self.denoisers if every else self.denoiser) * _SMALLER.get(quantized, 1.0))


def needs(model: ShelfModel, order: Order, *, loras: Sequence[ShelfLora] = (), width: int = 1) -> Needs:
    """`loras` are the shelf's, for their sizes; `width` is 2 for float32."""
    denoisers, texts = _bytes(model, "denoiser"), _bytes(model, "text")
    shape = {"step": int(_step(model, order)), **_decoding(order)}
    sizes = {
        "denoisers": sum(denoisers),
        "denoiser": max(denoisers, default=0),
        "texts": sum(texts),
        "text": max(texts, default=0),
        "vae": sum(_bytes(model, "vae")),
        "other": sum(_bytes(model, "other")),
        "extras": _extras(model, order, max(denoisers, default=0)) + _loras(order, loras),
    }
    quantized = next((part.format for part in _parts(model, "denoiser")), "")
    return Needs(**{name: width * count for name, count in {**sizes, **shape}.items()}, format=quantized)


def tokens(model: ShelfModel, order: Order) -> int:
    """What the denoiser works on at once; an autoencoder for clips may shrink further than those for pictures."""
    side = max(16, min(model.multiple, 32)) if order.frames > 1 else 16
    return (order.width // side) * (order.height // side) * ((order.frames - 1) // model.frame_step + 1)


def evaluations(model: ShelfModel, order: Order) -> int:
    """How often the denoiser works for one step: guidance that compares with the negative prompt takes two."""
    return 2 if model.negative_acts and order.guidance > 1 else 1


def peak(plan: Plan, needs: Needs, rendering: int = 0) -> int:
    """The card's bytes on this rung: the most of encoding, denoising and decoding. `rendering` is what the latter two
    were measured to take."""
    own = _PROCESS if plan.device == "cpu" else CONTEXT
    if plan.rung == "resident":
        return own + (rendering or _resident(plan, needs))
    return own + max(_while_encoding(plan, needs), rendering or _while_rendering(plan, needs))


def ram(plan: Plan, needs: Needs) -> int:
    """The machine's bytes on this rung: what is not on the card waits there."""
    if plan.rung == "resident":
        return 0
    if plan.rung in ("text-out", "quantized"):
        idle = needs.taking(plan.format, every=True) - needs.taking(plan.format)
        return idle + (needs.texts if plan.text != "card" else 0)
    pinned = _PINNED if plan.rung in ("streamed", "leaf-offload") else 1.0
    aside = {"streamed": 0, "model-offload": needs.vae + needs.other + needs.extras}
    rest = aside.get(plan.rung, needs.extras)
    return int(needs.taking(plan.format, every=True) * pinned) + needs.texts + rest


def _resident(plan: Plan, needs: Needs) -> int:
    rest = needs.texts + needs.vae + needs.other + needs.extras
    return needs.taking(plan.format, every=True) + rest + max(needs.step, _decode(plan, needs))


def _while_encoding(plan: Plan, needs: Needs) -> int:
    beside = _on_card(plan, needs) if plan.rung in ("text-out", "quantized") else 0
    text: dict[Text, float] = {
        "card": needs.texts,
        "out": needs.text,
        "streamed": min(needs.text * _TEXT_LEAF, _LARGEST_LEAF),
    }
    return beside + int(text[plan.text]) + _TEXT_STEP


def _while_rendering(plan: Plan, needs: Needs) -> int:
    decode, texts = _decode(plan, needs), needs.texts if plan.text == "card" else 0
    if plan.rung == "model-offload":
        return max(needs.taking(plan.format) + needs.extras + needs.step, needs.vae + decode, needs.other)
    return _on_card(plan, needs) + texts + max(needs.step, decode)


def _on_card(plan: Plan, needs: Needs) -> int:
    """The weights that are there while the denoiser works."""
    kept = needs.vae + needs.other + needs.extras
    if plan.rung == "streamed":
        return kept + int(needs.taking(plan.format) * _TWO_BLOCKS)
    if plan.rung in ("leaf-offload", "sequential"):
        return needs.vae + needs.other + int((needs.taking(plan.format) + needs.extras) * _TWO_LEAVES)
    return kept + needs.taking(plan.format)


def _decode(plan: Plan, needs: Needs) -> int:
    return needs.decode_tiled if plan.tiled else needs.decode


def _parts(model: ShelfModel, role: str) -> list[Part]:
    return [part for part in model.parts if part.role == role]


def _bytes(model: ShelfModel, role: str) -> list[int]:
    return [part.bytes for part in _parts(model, role)]


def _loras(order: Order, shelf: Sequence[ShelfLora]) -> int:
    sizes = {lora.id: lora.bytes for lora in shelf}
    return sum(sizes.get(lora.id, LORA) for lora in order.loras)


def _extras(model: ShelfModel, order: Order, denoiser: int) -> int:
    control = (model.control_bytes or denoiser // 4) if order.control is not None else 0
    reference = (model.reference_bytes or 2 * GB) if order.reference is not None else 0
    return control + reference


def _step(model: ShelfModel, order: Order) -> float:
    """A picture's two evaluations go through the denoiser together, a clip's one after the other."""
    together = evaluations(model, order) if order.frames == 1 else 1
    return _STEP * tokens(model, order) / _TOKENS * together


def _decoding(order: Order) -> dict[str, int]:
    pixels, frames = order.width * order.height, min(order.frames, _AT_ONCE)
    finished = pixels * order.frames * 3 * 4  # float32, until it is a file
    share = 0.6 * frames if order.frames > 1 else 1.0  # a clip's decoder is narrower, but works on several frames
    whole, tile = _DECODE * share / _MEGAPIXEL * pixels, _DECODE * share / _MEGAPIXEL * min(pixels, _TILE**2)
    return {"decode": int(whole) + finished, "decode_tiled": int(tile) + finished}
