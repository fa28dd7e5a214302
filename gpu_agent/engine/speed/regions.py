"""Which parts of a network are compiled: its repeated blocks, each class of them once, instead of the whole at length.

Compiling a whole transformer takes minutes; its blocks are nearly all of its work, and they are all alike.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import torch

from gpu_agent.engine.fault import out_of_memory

_CONVOLVING = frozenset({"ResnetBlock2D", "AutoencoderTinyBlock"})
_WITH_MEMORY = "feat_cache"  # argument of decoders that go through a clip frame by frame and remember the last ones
_ROUTING = "experts"  # attribute of layers that send each token another way: what runs there depends on the numbers
Forward = Callable[..., Any]
GiveUp = Callable[[Exception], None]


def blocks(part: Any) -> list[Any]:
    """The repeated blocks of a part, outermost ones only; what a class of the library says of itself, and what
    convolutions are commonly grouped in. Empty for a part that has none."""
    named = getattr(part, "_repeated_blocks", None) or getattr(part, "_no_split_modules", None) or ()
    return list(_outermost(part, frozenset(named) | _CONVOLVING))


def decoder_blocks(vae: Any) -> list[Any]:
    """Those of an autoencoder's decoder, none of one that remembers frames: each frame finds it in another state."""
    decoder = getattr(vae, "decoder", None)
    if decoder is None or _WITH_MEMORY in inspect.signature(decoder.forward).parameters:
        return []
    return blocks(decoder)


def keep_routing_out(block: Any) -> None:
    """Layers that look at the numbers to decide what to run are left as they are, inside a block that is compiled."""
    for layer in block.modules():
        if hasattr(layer, _ROUTING):
            layer.forward = torch.compiler.disable(layer.forward)


def replace_forward(block: Any, made: Callable[[Forward], Forward]) -> None:
    """Put what `made` gives of a block's own forward in its place, under whatever brings the block to its device or
    skips it: that is laid around the block's forward, now or later, and none of it is to be compiled."""
    laid = getattr(block, "_diffusers_hook", None)
    if laid is not None and laid._fn_refs:
        innermost = laid._fn_refs[0]
        innermost.forward = made(innermost.forward)
    else:
        block.forward = made(block.forward)


def with_way_back(plain: Forward, faster: Forward, gave_up: Callable[[], bool], give_up: GiveUp) -> Forward:
    """Calls `faster`, until it fails where `plain` does not: `give_up` is told, and from then on `plain` is called.

    Whatever the compiler cannot do shows in the first call, and is of many classes.
    """

    @wraps(plain)
    def forward(*given: Any, **named: Any) -> Any:
        if gave_up():
            return plain(*given, **named)
        try:
            return faster(*given, **named)
        except Exception as error:
            if out_of_memory(error):
                raise
            answer = plain(*given, **named)
            give_up(error)
            return answer

    return forward


def _outermost(part: Any, named: frozenset[str]) -> Iterator[Any]:
    for child in part.children():
        if type(child).__name__ in named:
            yield child
        else:
            yield from _outermost(child, named)
