"""How a model is placed on a card for an order, or why it cannot be: pure arithmetic, bytes throughout.

Rungs are tried from the top of RUNGS; the first that stays within the card's budget and the machine's memory is taken.
More memory never leads to a lower rung. Each rung tries, in this order, the text encoders where they serve fastest,
then the decoder in one piece, then tiled. A format that the settings ask for is tried first on every rung.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gpu_agent import cards, estimate
from gpu_agent.estimate import Needs, needs
from gpu_agent.measured import NONE, Measurements, case
from gpu_agent.order import Order
from gpu_agent.planner import RUNGS, Plan, Refusal, Text
from gpu_agent.stock import Gpu, ShelfLora, ShelfModel
from gpu_agent.value import Facts

_HIDDEN = 1.3  # how much longer than computing a transfer may take and still count as hidden behind it
_ON_SHARED_MEMORY = ("resident", "quantized")  # where there is one memory, what leaves the card has not left it
_SHRINK = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
# Where a rung may have the text encoders, if not `out` or `streamed`.
_TEXTS: dict[str, tuple[Text, ...]] = {"resident": ("card",), "quantized": ("card", "out", "streamed")}


@dataclass(frozen=True)
class Considered:
    """The best that a rung can do: its plan, and why that will not do (in words, empty if it will)."""

    plan: Plan
    fault: str = ""


@dataclass(frozen=True)
class _Question:
    model: ShelfModel
    order: Order
    gpu: Gpu
    measured: Measurements
    below: str
    loras: Sequence[ShelfLora]
    quantize: str

    @cached_property
    def needs(self) -> Needs:
        need = needs(self.model, self.order, loras=self.loras, width=2 if cards.is_processor(self.gpu) else 1)
        # Where there is one memory, the denoiser that does not work now lies in it, too.
        return replace(need, denoiser=need.denoisers) if self.gpu.unified else need


def place(
    model: ShelfModel,
    order: Order,
    gpu: Gpu,
    *,
    measured: Measurements = NONE,
    below: str = "",
    loras: Sequence[ShelfLora] = (),
    quantize: str = "",
) -> Plan | Refusal:
    """The plan for this order on this card. `gpu.free` counts what this program itself could give back as free.

    `below` names a rung that ran out of memory: the answer lies strictly lower, with a tiled decoder. `loras` are the
    shelf's, for their sizes. `quantize` is the format (fp8, int8) that the settings ask for, because a card multiplies
    it faster.
    """
    question = _Question(model, order, gpu, measured, below, loras, quantize)
    passed: list[Considered] = []
    for option in _rungs(question):
        if not option.fault:
            because = (*_asked(question), *(f"{above.plan.rung}: {above.fault}" for above in passed))
            return replace(option.plan, because=because, seconds=seconds(model, order, option.plan, gpu, measured))
        passed.append(option)
    return _refusal(question, passed)


def considered(
    model: ShelfModel,
    order: Order,
    gpu: Gpu,
    *,
    measured: Measurements = NONE,
    below: str = "",
    loras: Sequence[ShelfLora] = (),
    quantize: str = "",
) -> tuple[Considered, ...]:
    """Every rung that this kind of card has, from the top."""
    return tuple(_rungs(_Question(model, order, gpu, measured, below, loras, quantize)))


def seconds(model: ShelfModel, order: Order, plan: Plan, gpu: Gpu, measured: Measurements = NONE) -> float | None:
    """What the render takes with a warm model, as measured or by the card's rate; None where neither is known."""
    known = measured.seconds(case(order, plan, gpu), order.steps)
    if known is not None or not cards.known(gpu) or not model.work:
        return known
    step = _computing(model, order, gpu)
    if plan.rung in ("streamed", "leaf-offload", "sequential"):
        step = max(step, _sending(needs(model, order), plan.format))
    return step * order.steps * (order.strength if order.mode in ("image", "inpaint") else 1.0)


def _rungs(question: _Question) -> Iterator[Considered]:
    rungs = _ON_SHARED_MEMORY if question.gpu.unified else RUNGS
    return (_considered(question, rung) for rung in (rungs[:1] if cards.is_processor(question.gpu) else rungs))


def _considered(question: _Question, rung: str) -> Considered:
    """The first way of this rung that will do, else the one that takes least."""
    failed: list[Considered] = []
    for plan in _ways(question, rung):
        option = Considered(plan, _fault(question, plan))
        if not option.fault:
            return option
        failed.append(option)
    if not failed:
        return Considered(_plan(question, rung, "", "card", False), _impossible(question, rung))
    return min(failed, key=lambda option: (option.plan.peak, option.plan.ram))


def _ways(question: _Question, rung: str) -> Iterator[Plan]:
    if rung == "streamed" and not _streams(question.model):
        return
    tilings = (False, True) if question.needs.decode_tiled < question.needs.decode else (False,)
    for quantized in _formats(question, rung):
        for text in _TEXTS.get(rung, ("out", "streamed"))[: 1 if question.gpu.unified else None]:
            for tiled in tilings[1:] if question.below and len(tilings) > 1 else tilings:
                yield _plan(question, rung, quantized, text, tiled)


def _plan(question: _Question, rung: str, quantized: str, text: Text, tiled: bool) -> Plan:
    gpu, need = question.gpu, question.needs
    plain = Plan(
        rung=rung,
        device=cards.device(gpu),
        dtype="float32" if cards.is_processor(gpu) else "bfloat16",
        format=quantized,
        text=text,
        tiled=tiled,
        sliced=tiled,
        budget=cards.budget(gpu),
    )
    counted = question.measured.peak(case(question.order, plain, gpu)) if plain.device == "cuda" else 0
    return replace(plain, peak=estimate.peak(plain, need, counted), ram=estimate.ram(plain, need))


def _formats(question: _Question, rung: str) -> tuple[str, ...]:
    """A denoiser whose file is quantized stays as it is, and so does one into which a LoRA is to be worked."""
    plain, short = (question.needs.format,), cards.formats(question.gpu)
    if _stays(question):
        return () if rung == "quantized" else plain
    asked = (question.quantize,) if question.quantize and not _cannot(question) else ()
    if rung == "quantized":
        usual = short
    elif rung == "model-offload":
        usual = (*plain, *short)
    else:
        usual = (*plain, *short[:1]) if rung in ("streamed", "leaf-offload") else plain
    return tuple(dict.fromkeys((*asked, *usual)))


def _impossible(question: _Question, rung: str) -> str:
    if rung == "streamed":
        return "this denoiser does not come in blocks"
    return _stays(question) or "no quantization works on this device"


def _stays(question: _Question) -> str:
    """Why no denoiser of this model is shortened here, or nothing."""
    if question.needs.format:
        return f"the denoiser's file is quantized already ({question.needs.format})"
    return "a LoRA is fused into its weights, which are not shortened then" if question.model.fused else ""


def _cannot(question: _Question) -> str:
    """Why the format that was asked for cannot be had, or nothing."""
    if (reason := _stays(question)) or cards.multiplies(question.gpu, question.quantize):
        return reason
    if question.quantize in question.gpu.lacks:
        return "what it needs is not installed, or the card is too old for it"
    return "this device does not multiply such numbers"


def _asked(question: _Question) -> tuple[str, ...]:
    if not question.quantize:
        return ()
    reason = _cannot(question)
    return (f"{question.quantize}: asked for in the settings" + (f", but {reason}" if reason else ""),)


def _fault(question: _Question, plan: Plan) -> str:
    model, order, gpu = question.model, question.order, question.gpu
    if question.below in RUNGS and RUNGS.index(plan.rung) <= RUNGS.index(question.below):
        return f"{question.below} ran out of memory"
    if question.measured.too_much(case(order, plan, gpu), plan.budget):
        return "ran out of memory here before"
    if plan.peak > plan.budget:
        return f"would take {_gb(plan.peak)} of {_gb(plan.budget)}"
    if not gpu.unified and plan.ram > cards.memory(gpu):
        return f"would take {_gb(plan.ram)} of the machine's memory, and {_gb(cards.memory(gpu))} are free"
    if plan.rung == "streamed":
        sending, computing = _sending(question.needs, plan.format), _computing(model, order, gpu)
        if sending > _HIDDEN * computing:
            return f"sending the weights takes {sending:.2f} s a step and computing only {computing:.2f} s"
    return ""


def _streams(model: ShelfModel) -> bool:
    return all(part.streams for part in model.parts if part.role == "denoiser")


def _sending(need: Needs, quantized: str) -> float:
    """Seconds to send the denoiser to the card once."""
    return need.taking(quantized) / cards.PCIE


def _computing(model: ShelfModel, order: Order, gpu: Gpu) -> float:
    """Seconds of the card for one step."""
    usual = order.model_copy(update={"width": model.width, "height": model.height, "frames": model.frames})
    work = model.work * estimate.tokens(model, order) / max(1, estimate.tokens(model, usual))
    return work * estimate.evaluations(model, order) / cards.rate(gpu)


def _refusal(question: _Question, found: Sequence[Considered]) -> Refusal:
    """What is lacking least: memory of the machine where the card alone would do, else of the card."""
    order, has = question.order, cards.memory(question.gpu)
    facts: Facts = {"model": order.model, "width": order.width, "height": order.height}
    card = [option.plan for option in found if option.plan.peak > option.plan.budget]
    machine = [option.plan for option in found if option.plan not in card and option.plan.ram > has]
    if machine:
        short: Facts = {"where": "machine", "needed": min(plan.ram for plan in machine), "has": int(has)}
    elif card:
        owner = "machine" if cards.is_processor(question.gpu) else "card"
        short = {"where": owner, "needed": min(plan.peak for plan in card), "has": card[0].budget}
    else:
        return Refusal("out-of-memory", {**facts, "fault": "every way to place it was tried"})
    return Refusal("does-not-fit", {**facts, **short, "nearest": _nearest(question)})


def _nearest(question: _Question) -> str:
    """The largest of some smaller orders that fits, in words."""
    for order in _smaller(question.model, question.order):
        if any(not option.fault for option in _rungs(replace(question, order=order))):
            size = f"{order.width}x{order.height}"
            return size if order.frames == question.order.frames else f"{size} with {order.frames} frames"
    return "another model"


def _smaller(model: ShelfModel, order: Order) -> Iterator[Order]:
    """Smaller pictures of the same proportions, then shorter clips."""
    for share in _SHRINK:
        width, height = (int(side * share) // model.multiple * model.multiple for side in (order.width, order.height))
        if min(width, height) >= model.smallest:
            yield order.model_copy(update={"width": width, "height": height})
    for share in _SHRINK:
        frames = int((order.frames - 1) * share) // model.frame_step * model.frame_step + 1
        if 1 < frames < order.frames:
            yield order.model_copy(update={"frames": frames})


def _gb(count: float) -> str:
    return f"{count / cards.GB:.1f} GB"
