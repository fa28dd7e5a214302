"""The second stage: the text encoder alone learns to say what a caption asks for. Without it the denoiser learns the
grounds quickly and the things never."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
import torch.nn.functional as F

from gpu_agent.engine.tiny import network, tokens
from gpu_agent.engine.tiny.course import Course, run
from gpu_agent.engine.tiny.grammar import caption, spoiled
from gpu_agent.engine.tiny.scene import Scene, sample
from gpu_agent.engine.tiny.vocabulary import COLOURS, MOST, SETTINGS, SIDES, SIZES, STYLES, THINGS, TIMES

_NONE = "none"
_QUESTIONS: dict[str, tuple[str, ...]] = {
    "first thing": (*THINGS, _NONE),
    "first colour": (*COLOURS, _NONE),
    "second thing": (*THINGS, _NONE),
    "second colour": (*COLOURS, _NONE),
    "count": tuple(str(count) for count in range(MOST + 1)),
    "ground": (*COLOURS, *SETTINGS),
    "time": ("", *TIMES),
    "size": ("", *SIZES),
    "side": ("", *SIDES),
    "style": ("", *STYLES),
}
_UNSAID = -100  # the loss passes over it
_SPOILED = 0.25


@dataclass(frozen=True)
class _Lesson:
    """A caption and the right answer to each question, as its number."""

    text: str
    answers: tuple[int, ...]


def train(folder: Path, course: Course, words: Any, device: torch.device) -> Any:
    """The text encoder, trained on fresh captions; `words` is the tokenizer."""
    torch.manual_seed(course.seed)
    encoder = network.text_encoder(len(words)).to(device)
    heads = torch.nn.Linear(network.WIDTH, sum(len(answers) for answers in _QUESTIONS.values())).to(device)
    both = [*encoder.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(both, lr=course.rate, betas=(0.9, 0.98), weight_decay=1e-2)

    def one(_step: int, lot: Random) -> torch.Tensor:
        lessons = [_lesson(lot) for _ in range(course.batch)]
        hidden = encoder(tokens.numbers(words, [lesson.text for lesson in lessons]).to(device))[0]
        late = torch.randint(22, network.TOKENS, (course.batch, 1, 1), device=device).expand(-1, 1, network.WIDTH)
        told = torch.cat([heads(hidden[:, -1:]), heads(hidden.gather(1, late))], dim=1)
        return _loss(told, torch.tensor([lesson.answers for lesson in lessons], device=device))

    run(course, folder, {"text": encoder, "heads": heads}, [optimizer], one)
    return encoder.eval()


def _loss(told: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Every question at every place where it was asked."""
    sizes = [len(answers) for answers in _QUESTIONS.values()]
    losses = [
        F.cross_entropy(part.flatten(0, 1), right[:, i].repeat_interleave(told.shape[1]), ignore_index=_UNSAID)
        for i, part in enumerate(told.split(sizes, dim=-1))
    ]
    return torch.stack([loss for loss in losses if not loss.isnan()]).sum()


def _lesson(lot: Random) -> _Lesson:
    scene = sample(lot, 0.3)
    text = caption(scene, lot)
    return _Lesson(spoiled(text, lot) if lot.random() < _SPOILED else text, _answers(scene))


def _answers(scene: Scene) -> tuple[int, ...]:
    first, second = (*((group.thing, group.colour) for group in scene.groups), (_NONE, _NONE), (_NONE, _NONE))[:2]
    known = {
        "first thing": first[0],
        "first colour": first[1],
        "second thing": second[0],
        "second colour": second[1],
        "count": str(scene.groups[0].count if scene.groups else 0),
        "ground": scene.ground if scene.told else None,
        "time": scene.time if scene.told else None,
        "size": scene.size,
        "side": scene.side,
        "style": scene.style,
    }
    return tuple(
        _UNSAID if (answer := known[question]) is None else answers.index(answer)
        for question, answers in _QUESTIONS.items()
    )
