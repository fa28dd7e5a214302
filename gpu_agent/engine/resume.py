"""A render goes on from a checkpoint: the pipeline is called as ever, but up to the checkpoint's step its networks only
repeat their first answers, and there everything is put back as it was.

So it works for every pipeline, whatever it prepares and whatever its scheduler does to the times it is given. What was
computed up to that step is thrown away whole.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from gpu_agent.engine import progression
from gpu_agent.engine.checkpoint import Checkpoint
from gpu_agent.engine.fault import Fault
from gpu_agent.engine.speed import step_cache
from gpu_agent.order import Order

StepEnded = Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]
BESIDE = ("controlnet",)  # runs at every step too, wherever a pipeline has one
BRANCH = 0.3  # how much of the step's noise another seed adds: visible, and the picture's plan stays


@contextmanager
def resumed(
    pipeline: Any,
    denoisers: Sequence[str],
    checkpoint: Checkpoint | None,
    order: Order,
    generator: torch.Generator,
    ended: StepEnded,
) -> Iterator[StepEnded]:
    """Gives the callback to call the pipeline with. Without a checkpoint that is `ended` itself; with one, `ended`
    first hears of the checkpoint's step.

    Raises Fault checkpoint-unfit where the pipeline's run turns out to be another than the checkpoint's.
    """
    if checkpoint is None:
        yield ended
        return
    with _Return(pipeline, (*denoisers, *BESIDE), checkpoint, order, generator, ended) as back:
        yield back.step_ended
        back.require()


class _Return:
    """The way back to the checkpoint."""

    def __init__(
        self,
        pipeline: Any,
        parts: Sequence[str],
        checkpoint: Checkpoint,
        order: Order,
        generator: torch.Generator,
        ended: StepEnded,
    ) -> None:
        self._checkpoint, self._order, self._generator, self._ended = checkpoint, order, generator, ended
        self._modules = [module for module in (getattr(pipeline, name, None) for name in parts) if module is not None]
        self._echoes = ExitStack()
        self._there = False

    def __enter__(self) -> "_Return":
        answers: dict[Any, Any] = {}
        for module in self._modules:
            self._echoes.enter_context(_echoing(module, answers))
        return self

    def __exit__(self, *_: object) -> None:
        self._echoes.close()

    def require(self) -> None:
        """Whoever never came by the checkpoint's step has drawn something else."""
        if not self._there:
            raise self._unfit("steps", self._checkpoint.step, "fewer")

    def step_ended(self, pipeline: Any, index: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        done = index + 1
        if done < self._checkpoint.step:
            return values
        if done == self._checkpoint.step:
            self._echoes.close()
            for module in self._modules:
                step_cache.forget(module)  # a step that was only repeated tells nothing of the next one
            values["latents"] = self._put_back(pipeline, values["latents"])
            self._there = True
        return self._ended(pipeline, index, timestep, values)

    def _put_back(self, pipeline: Any, now: torch.Tensor) -> torch.Tensor:
        """The latents to go on with."""
        kept = self._checkpoint
        of = int(getattr(pipeline, "num_timesteps", kept.of))
        if of != kept.of:
            raise self._unfit("evaluations", kept.of, of)
        if (now.shape, now.dtype) != (kept.latents.shape, kept.latents.dtype):
            raise self._unfit("latents", _form(kept.latents), _form(now))
        progression.restored(pipeline.scheduler, kept.scheduler)
        latents = kept.latents.to(now.device)
        if self._order.seed == kept.origin.order.seed:
            self._generator.set_state(kept.noise)
            return latents
        self._generator.manual_seed(self._order.seed)
        return branched(pipeline.scheduler, latents, kept, self._generator)

    def _unfit(self, what: str, made: str | int, asked: str | int) -> Fault:
        job, step = self._checkpoint.origin.order.job, self._checkpoint.step
        return Fault("checkpoint-unfit", {"job": job, "step": step, "what": what, "made": made, "asked": asked})


def branched(scheduler: Any, latents: torch.Tensor, checkpoint: Checkpoint, generator: torch.Generator) -> torch.Tensor:
    """The latents with a share of fresh noise at the level they are at, so that another seed leads elsewhere under
    schedulers too that draw no noise of their own. After the last step nothing is left to branch."""
    if checkpoint.step == checkpoint.of:
        return latents
    time = scheduler.timesteps[checkpoint.step - checkpoint.of :][:1]
    noise = torch.randn(latents.shape, generator=generator).to(latents.device, latents.dtype)
    nothing = torch.zeros_like(latents)
    if hasattr(scheduler, "scale_noise"):
        return latents + BRANCH * scheduler.scale_noise(nothing, time, noise)
    return latents + BRANCH * scheduler.add_noise(nothing, noise, time)


def _form(latents: torch.Tensor) -> str:
    return "x".join(map(str, latents.shape)) + f" {latents.dtype}".replace("torch.", "")


@contextmanager
def _echoing(module: Any, answers: dict[Any, Any]) -> Iterator[None]:
    """Until the end, this network runs once for each form of question, and gives the same answer from then on.

    The outermost call is replaced: what loads a part onto the card when it is called (offloading) sleeps as well.
    """
    ask, own = module.forward, vars(module).get("forward")

    def echo(*given: Any, **named: Any) -> Any:
        question = (type(module), _question(given), _question(named))
        if question not in answers:
            answers[question] = ask(*given, **named)
        return answers[question]

    compiled, module._compiled_call_impl = module._compiled_call_impl, None
    module.forward = echo
    try:
        yield
    finally:
        module._compiled_call_impl = compiled
        if own is None:
            del module.forward
        else:
            module.forward = own
        answers.clear()


def _question(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return tuple(value.shape), value.dtype
    if isinstance(value, dict):
        return tuple((name, _question(each)) for name, each in sorted(value.items()))
    return tuple(map(_question, value)) if isinstance(value, list | tuple) else None
