"""One model: its floor, the plain call and the engine side by side, and whatever else was asked for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from torch._dynamo.utils import counters

from gpu_agent import shelf
from gpu_agent.catalogue import Model
from gpu_agent.config import Config
from gpu_agent.engine import place
from gpu_agent.engine.bench import batch, copies, counted, first, plain, trace
from gpu_agent.engine.bench.counted import Work
from gpu_agent.engine.bench.ours import Ours
from gpu_agent.engine.bench.plain import Plain
from gpu_agent.engine.bench.pulling import Pulling
from gpu_agent.engine.bench.subject import LeftOut, Subject
from gpu_agent.engine.bench.told import First, Row, Took
from gpu_agent.engine.bench.turns import Turns, Way
from gpu_agent.engine.bench.wanted import Instruments, Wanted
from gpu_agent.engine.families.known import family
from gpu_agent.engine.fault import Fault

_WARM = (1, 2)  # numbers of the pictures before the timed ones, of different lengths
_TIMED, _BATCH, _TRACED = 10, 300, 400  # numbers that pictures of each kind begin with: no prompt comes twice
_LONG = 5.0  # seconds: what lies between two pictures that take longer is nothing beside them


@dataclass(frozen=True)
class Measuring:
    """`reached` is operations a second of a matrix product here; nothing new is begun after `until`, and levers take
    no more than one model's share of the time that is left for `models` of them."""

    wanted: Wanted
    config: Config
    root: Path
    instruments: Instruments
    device: str
    reached: float
    until: float
    models: int = 1

    def row(self, model: Model) -> Row:
        """Raises LeftOut, Fault, and whatever a library says when memory is full."""
        random = not shelf.present(model)
        if random and not self.wanted.random:
            raise LeftOut(
                f"The weights of {model.name} are not on this machine. Fetch them with: gpu-agent fetch {model.id}, "
                "or measure it with --random-weights."
            )
        subject = self._subject(model, random)
        began = None if random else self._first(subject)
        self._say(model, "building it")
        whole = subject.ready()
        try:
            return replace(self._measured(subject, whole), first=began)
        finally:
            subject.whole = None

    def _subject(self, model: Model, random: bool) -> Subject:
        most = self.config.card.vram_gb
        return Subject(model, self.device, random, self.wanted.size, None if most is None else int(most * 10**9))

    def _first(self, subject: Subject) -> First:
        self._say(subject.model, "the first picture, from the disk")
        return first.picture(subject, self.config, self.root)

    def _measured(self, subject: Subject, whole: bool) -> Row:
        model = subject.model
        ours = Ours(model, subject.loads, self.device, self.config, self.config.speed, self.root)
        beside = Plain(copies.shared(subject.whole), model, self.device) if whole else None
        try:
            self._say(model, "warming up")
            reference = self._warmed(subject, beside) if beside is not None else None
            compiled = ours.draw(subject.order(0), 0)[0]
            for number in _WARM[:1] if subject.clip else _WARM:
                ours.draw(subject.short(number), number)
            row = self._timed(subject, ours, beside, compiled)
            row = self._further(row, subject, ours)
        finally:
            ours.release()
        del beside
        place.give_back(self.device)
        return self._pulled(row, subject, reference)

    def _warmed(self, subject: Subject, beside: Plain) -> Any:
        """The picture that levers are held against, if any are pulled."""
        beside.draw(subject.short(_WARM[0]), _WARM[0])
        pulled = self.wanted.levers or self.wanted.lossy
        return beside.draw(subject.order(0), 0)[2] if pulled else None

    def _timed(self, subject: Subject, ours: Ours, beside: Plain | None, compiled: float) -> Row:
        self._say(subject.model, "turn by turn with the plain call" if beside else "the engine alone")
        graphs = _graphs()
        runs = 1 if subject.clip else self.wanted.runs  # a clip's steps are runs enough
        turns = Turns(self.device, self.instruments.joules, runs, self.until)
        ways: list[Way] = [ours, beside] if beside is not None else [ours]
        took = turns.taken(ways, subject.order, _TIMED)
        return self._row(subject, ours, compiled, took, _graphs() - graphs)

    def _row(self, subject: Subject, ours: Ours, compiled: float, took: list[Took], recompiled: int) -> Row:
        model, order, told = subject.model, subject.order(0), ours.receipt
        assert told is not None
        work, notes = self._work(subject)
        return Row(
            model=model.id, name=model.name, width=order.width, height=order.height, frames=order.frames,
            steps=order.steps, whole=not subject.clip, random=subject.random, plan=told.plan,
            ours=took[0], plain=took[1] if len(took) > 1 else None, compiled=compiled, recompiled=recompiled,
            slowest=took[0].slowest / took[0].median,
            work=work, floor=None if work is None else work.whole / self.reached,
            levers=told.levers, lossy=told.lossy, notes=(*notes, *_notes(subject, told.repaired, len(took) > 1)),
        )  # fmt: skip

    def _work(self, subject: Subject) -> tuple[Work | None, tuple[str, ...]]:
        """A clip is told by the step, so its decoder is not counted."""
        self._say(subject.model, "counting")
        known = family(subject.model.family)
        try:
            shape = subject.weightless()
            given = plain.arguments(shape, subject.model, subject.order(_TIMED))
            return counted.counted(shape, known, given, decoded=not subject.clip), ()
        except (RuntimeError, NotImplementedError, ValueError, TypeError, LeftOut, Fault) as error:
            return None, (f"Its floor is not told: it cannot be counted ({str(error).splitlines()[0][:120]}).",)

    def _further(self, row: Row, subject: Subject, ours: Ours) -> Row:
        """What is asked of the warm engine besides."""
        if row.whole and row.ours.median < _LONG and perf_counter() < self.until:
            self._say(subject.model, "a batch")
            row = replace(row, idle=batch.idle(ours, subject.order, _BATCH))
        if self.wanted.trace is not None and perf_counter() < self.until:
            self._say(subject.model, "a timeline")
            file = self.wanted.trace.with_name(f"{self.wanted.trace.stem}-{row.model}.json")
            order = subject.order(_TRACED)
            row = replace(row, traced=trace.traced(lambda: ours.draw(order, _TRACED), file, self.device))
        return row

    def _pulled(self, row: Row, subject: Subject, reference: Any) -> Row:
        now = perf_counter()
        share = now + (self.until - now) / self.models
        pulling = Pulling(subject, self.config, self.root, reference, share)
        asked: list[tuple[bool, Callable[[], Any]]] = [
            (self.wanted.levers, pulling.each),
            (self.wanted.lossy, pulling.lossy),
        ]
        for wanted, lines in asked:
            if wanted:
                self._say(subject.model, "one lever after another")
                row = replace(row, pulled=(*row.pulled, *lines()))
        return row

    def _say(self, model: Model, words: str) -> None:
        self.instruments.said(f"{model.id}: {words}")


def _graphs() -> int:
    return int(counters["stats"]["unique_graphs"])


def _notes(subject: Subject, repaired: str, beside: bool) -> tuple[str, ...]:
    said = []
    if subject.random:
        said.append("Random weights: its speed is honest, quality is not shown, step caches are not judged.")
    if not beside:
        said.append("The plain call cannot be made: the model does not lie on the card whole, at full precision.")
    if subject.clip:
        said.append(f"A clip: {subject.steps} of its {subject.model.steps} steps were made, and times are of one step.")
    if repaired:
        said.append(f"Its pictures had to be decoded twice ({repaired}), which its times hold.")
    return tuple(said)
