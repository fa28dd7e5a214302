"""The longest stage: the denoiser learns to find a picture's latents in noise, and the text encoder learns on with it.

Three things make the words take hold: things weigh more than grounds in the loss, noise is mostly strong (that is
where the layout is decided), and calm and simple scenes come first. A finishing course then goes back to bare shapes,
at all noise levels alike and with an eye on outlines: few of the general scenes have them, and a circle among houses
and boats ends as flat as theirs may be.

Nothing here is compiled: compiled by torch 2.13 for a processor, the layers below the first halving get no gradient,
and they learn nothing without a word said.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import torch
from diffusers.models.attention_processor import AttnProcessor

from gpu_agent.engine.tiny import network, tokens
from gpu_agent.engine.tiny.course import Course, run
from gpu_agent.engine.tiny.lessons import Lessons
from gpu_agent.engine.tiny.loss import Weighing, loss
from gpu_agent.engine.tiny.muon import Muon, parted

_TEXT_SHARE = 0.1
_SIMPLE_FIRST, _SIMPLE_LAST = 0.9, 0.15
_CALM_FIRST, _CALM_LAST = 1.0, -0.15  # none at all towards the end
_THINGS_FIRST, _THINGS_LAST = 4.0, 1.5
_NOISY = 0.7
_SHAPES, _SIMPLE_THEN = 0.5, 0.3
_OUTLINES = 3.0


def train(folder: Path, course: Course, lessons: Lessons, encoder: Any, words: Any) -> Any:
    """The denoiser, on the encoder's device; `encoder` is trained on in place, a tenth as fast. The first lessons are
    calm ones, whose things keep to their places: most at the beginning, none at all towards the end."""
    torch.manual_seed(course.seed)
    unet = network.unet().to(encoder.device)

    def asked(done: float, lot: Random) -> tuple[torch.Tensor, list[str], Weighing]:
        calm = _CALM_FIRST + (_CALM_LAST - _CALM_FIRST) * done
        simple = _SIMPLE_FIRST + (_SIMPLE_LAST - _SIMPLE_FIRST) * done
        things = _THINGS_FIRST + (_THINGS_LAST - _THINGS_FIRST) * done
        return *lessons.drawn(course.batch, calm, simple, lot), Weighing(things, noisy=_NOISY)

    return _taught(folder, course, unet, encoder, words, asked)


def finish(folder: Path, course: Course, lessons: Lessons, unet: Any, encoder: Any, words: Any) -> Any:
    """The trained denoiser and encoder once more, in place; the first lessons are bare shapes."""
    weighing = Weighing(_THINGS_LAST, _OUTLINES)

    def asked(_done: float, lot: Random) -> tuple[torch.Tensor, list[str], Weighing]:
        return *lessons.drawn(course.batch, _SHAPES, _SIMPLE_THEN, lot), weighing

    return _taught(folder, course, unet, encoder, words, asked)


def _taught(
    folder: Path,
    course: Course,
    unet: Any,
    encoder: Any,
    words: Any,
    asked: Callable[[float, Random], tuple[torch.Tensor, list[str], Weighing]],
) -> Any:
    device: torch.device = encoder.device
    unet.train().set_attn_processor(AttnProcessor())  # on a processor, the fused one is slower backwards
    noise = network.scheduler()

    def one(step: int, lot: Random) -> torch.Tensor:
        latents, captions, weighing = asked(step / course.steps, lot)
        with torch.autocast(device.type, torch.bfloat16):
            hidden = encoder(tokens.numbers(words, captions).to(device))[0]
        return loss(unet, noise, latents.to(device), hidden, weighing)

    run(course, folder, {"unet": unet, "text": encoder}, _optimizers(unet, encoder, course.rate), one)
    unet.set_default_attn_processor()
    return unet.eval()


def _optimizers(unet: Any, encoder: Any, rate: float) -> list[torch.optim.Optimizer]:
    inner, outer = parted(unet, ("conv_in", "conv_out"))
    groups = [{"params": outer, "share": 1.0}, {"params": list(encoder.parameters()), "share": _TEXT_SHARE}]
    return [Muon(inner, lr=rate), torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99), weight_decay=1e-2)]
