"""Verdicts by number, read leniently: "all but 3, 7-9", "keep 1-5, reject 6: too dark", "none", "the rest again". Pure.

text → tokens → clauses (a verdict and what it is about) → what is said of each number, or faults that are named.
Nothing is guessed: while a part cannot be understood, nothing of the whole counts.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from bot.nouns import Verdict
from bot.review.number_tokens import Token, Vocabulary, tokens

LONGEST = 1000
"""Characters of an answer that are read."""
LONGEST_REASON = 300

_MOST_FAULTS = 8
_OPPOSITE = {Verdict.KEEP: Verdict.REJECT, Verdict.REJECT: Verdict.KEEP, Verdict.REROLL: Verdict.KEEP, None: None}
_ALL = ("all", "none", "rest")


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be understood: `kind` says why, `about` is the word or number."""

    kind: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one picture; without a verdict an earlier one is taken back."""

    verdict: Verdict | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What is said of which number. Where there are faults, nothing of it counts."""

    said: dict[int, Said] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Clause:
    """`kind` is all, none, rest or some; `but` are the numbers that it leaves out."""

    verdict: Verdict | None = None
    judged: str = ""
    kind: str = ""
    spans: list[Token] = field(default_factory=list)
    but: list[Token] | None = None
    reasons: list[tuple[list[Token], str]] = field(default_factory=list)
    unexplained: list[Token] = field(default_factory=list)
    closed: bool = False

    @property
    def empty(self) -> bool:
        return not (self.kind or self.judged)


def read(text: str, known: Vocabulary, numbers: Collection[int], pictures: Collection[int]) -> Understood:
    """`numbers` are those that can be named, `pictures` those of them that there is a picture for."""
    said = list(tokens(text[:LONGEST], known))
    faults = [Fault("word", one.text) for one in said if one.kind == "unknown"]
    clauses, odd = _clauses([one for one in said if one.kind != "unknown"])
    reading = _Reading(set(numbers), set(pictures))
    faults += [*odd, *(fault for clause in clauses for fault in reading.faults(clause))]
    if not faults:
        faults += reading.take(clauses)
    if not faults and not reading.said():
        faults.append(Fault("nothing"))
    shown = tuple(dict.fromkeys(faults))[:_MOST_FAULTS]
    return Understood({} if shown else reading.said(), shown)


def _clauses(said: Sequence[Token]) -> tuple[list[_Clause], list[Fault]]:
    found, faults, paused = [_Clause()], [], False
    for token in said:
        if token.kind in ("end", "pause"):
            paused = True
            found[-1].closed |= token.kind == "end"
            continue
        if _begins_anew(found[-1], token, paused=paused):
            found.append(_Clause())
        if fault := _put(found[-1], token):
            faults.append(fault)
        paused = False
    return [clause for clause in found if not clause.empty], faults


def _begins_anew(clause: _Clause, token: Token, *, paused: bool) -> bool:
    """Does something else begin with this token?"""
    if clause.empty or token.kind == "reason":
        return False
    if token.kind == "verdict":  # behind its numbers it is theirs: “3, 7 reject”
        return bool(clause.judged) or clause.closed or (paused and bool(clause.kind))
    if token.kind in _ALL:
        return bool(clause.kind) or clause.closed
    if token.kind == "numbers":
        return clause.closed or (clause.kind in _ALL and clause.but is None)
    return clause.closed


def _put(clause: _Clause, token: Token) -> Fault | None:
    """Adds what this token says to the clause."""
    if token.kind == "verdict":
        clause.closed = bool(clause.kind) and clause.but is None and clause.kind == "some"
        clause.verdict, clause.judged = token.verdict, token.text
    elif token.kind in _ALL:
        clause.kind = token.kind
    elif token.kind == "but":
        clause.kind, clause.but = clause.kind or "all", []
    elif token.kind == "numbers":
        clause.kind = clause.kind or "some"
        (clause.spans if clause.but is None else clause.but).append(token)
        clause.unexplained.append(token)
    elif clause.empty:
        return Fault("word", token.text)
    else:
        clause.reasons.append((clause.unexplained, token.text[:LONGEST_REASON]))
        clause.unexplained = []
    return None


@dataclass(slots=True)
class _Reading:
    """What the clauses say of each number: what is said of it by name, what of those that are left out, the others."""

    numbers: set[int]
    pictures: set[int]
    named: dict[int, Verdict | None] = field(default_factory=dict)
    left_out: dict[int, Verdict | None] = field(default_factory=dict)
    others: dict[int, Verdict | None] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)

    def faults(self, clause: _Clause) -> Iterator[Fault]:
        """What is wrong with a clause by itself."""
        for span in (*clause.spans, *(clause.but or ())):
            if not {span.first, span.last} <= self.numbers:
                yield Fault("number", span.text)
            elif span.first == span.last and span in clause.spans and span.first not in self.pictures:
                yield Fault("picture", span.text)
        if clause.but == []:
            yield Fault("but")
        if not clause.kind:
            yield Fault("numbers", clause.judged)
        if clause.kind == "rest" and not clause.judged:
            yield Fault("verdict", clause.kind)
        if clause.kind == "some" and not clause.judged:
            yield Fault("verdict", ", ".join(span.text for span in clause.spans))
        if clause.kind == "none" and clause.judged and clause.verdict not in (Verdict.KEEP, Verdict.REJECT):
            yield Fault("none", clause.judged)

    def take(self, clauses: Sequence[_Clause]) -> list[Fault]:
        """What clauses say together; faults where they say two things of one number."""
        faults = [fault for clause in clauses if clause.kind != "rest" for fault in self._take(clause)]
        for clause in clauses:
            if clause.kind == "rest":
                mentioned = {*self.named, *self.left_out, *self.others}
                faults += self._take(clause, self.pictures - mentioned)
        return faults

    def said(self) -> dict[int, Said]:
        whole = {**self.others, **self.left_out, **self.named}
        return {number: Said(whole[number], self.reasons.get(number, "")) for number in sorted(whole)}

    def _take(self, clause: _Clause, rest: Collection[int] = ()) -> Iterator[Fault]:
        but = self._numbers(clause.but or ())
        if clause.kind == "some":
            yield from _said(self.named, self._numbers(clause.spans) - but, clause.verdict)
        else:
            verdict = clause.verdict if clause.judged else Verdict.KEEP
            verdict = _OPPOSITE[verdict] if clause.kind == "none" else verdict
            among = set(rest) if clause.kind == "rest" else self.pictures
            yield from _said(self.others, among - but, verdict)
            if clause.judged != "" and verdict is None:
                but = set()
            yield from _said(self.left_out, but, _OPPOSITE[verdict])
        for spans, reason in clause.reasons:
            about = self._numbers(spans) if spans else self._numbers(clause.spans) or self.pictures - but
            self.reasons |= dict.fromkeys(about, reason)

    def _numbers(self, spans: Collection[Token]) -> set[int]:
        """Those that there is a picture for."""
        return {number for span in spans for number in range(span.first, span.last + 1)} & self.pictures


def _said(known: dict[int, Verdict | None], numbers: Collection[int], verdict: Verdict | None) -> Iterator[Fault]:
    for number in sorted(numbers):
        if known.setdefault(number, verdict) is not verdict:
            yield Fault("twice", str(number))
