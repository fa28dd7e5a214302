"""Prompts become embeddings once: the same words again, for the same weights, cost nothing.

The pipeline calls its own `encode_prompt` as ever and gets what that gave the last time, bit for bit. So one way does
for every family, whatever its encoders are called and whatever they return.
"""

import inspect
from collections import OrderedDict
from collections.abc import Hashable
from threading import RLock
from typing import Any

import torch

from gpu_agent.engine.timeline import span

MOST = 64  # embeddings of one prompt take a few megabytes


class Embeddings:
    """What the text encoders of one loaded model said, the latest of it. One thread asks them at a time: who wants what
    another one is encoding waits for that."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Any] = OrderedDict()
        self._encoding = RLock()

    def attach(self, pipeline: Any, worn: Hashable) -> None:
        """Put the memory before the pipeline's encoders. `worn` is what else shapes their answer: LoRAs."""
        ask = type(pipeline).encode_prompt
        signature = inspect.signature(ask)

        def remembered(*given: Any, **named: Any) -> Any:
            call = signature.bind(pipeline, *given, **named)
            key = _key(type(pipeline), worn, {name: value for name, value in call.arguments.items() if name != "self"})
            if key is None:
                return ask(pipeline, *given, **named)
            with self._encoding:
                if key not in self._known:
                    with span("encode"):
                        self._known[key] = _settled(ask(pipeline, *given, **named))
                    if len(self._known) > MOST:
                        self._known.popitem(last=False)
                self._known.move_to_end(key)
                return _copied(self._known[key])

        pipeline.encode_prompt = remembered


def _key(pipeline: type, worn: Hashable, named: dict[str, Any]) -> Hashable | None:
    """None for a call that brings tensors: it is not about words."""
    if any(_holds_tensors(value) for value in named.values()):
        return None
    return pipeline, worn, tuple((name, repr(value)) for name, value in sorted(named.items()))


def _holds_tensors(value: Any) -> bool:
    return isinstance(value, torch.Tensor) or (isinstance(value, list | tuple) and any(map(_holds_tensors, value)))


def _settled(answer: Any) -> Any:
    """What a stream beside the render's has given is there before anybody else may have it."""
    if torch.cuda.is_initialized() and torch.cuda.current_stream() != torch.cuda.default_stream():
        torch.cuda.current_stream().synchronize()
    return answer


def _copied(value: Any) -> Any:
    """A pipeline may do with its embeddings what it likes."""
    if isinstance(value, torch.Tensor):
        if value.is_cuda:  # it may be from another stream, which must not use its memory again before this one is done
            value.record_stream(torch.cuda.current_stream())
        return value.clone()
    return type(value)(map(_copied, value)) if isinstance(value, list | tuple) else value
