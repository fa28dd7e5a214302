"""Drafts and verdicts → the rows of jobs. Pure, but for the ids."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from bot.clock import Clock, new_id
from bot.intake.drafts import Draft
from bot.nouns import Ask, Cue, Job, Learned, Scope
from bot.taste.compose import Composed, Reader, asked_negative, compose
from bot.taste.cues import Taste, fold

Places = dict[tuple[Scope, str], list[Cue]]


def ids(clock: Clock, count: int) -> list[str]:
    """So many different ids in ascending order: rows of one moment stay in the order of the file or the seeds."""
    made: set[str] = set()
    while len(made) < count:
        made.add(new_id(clock))
    return sorted(made)


def assemble(
    drafts: Sequence[Draft],
    asks: Sequence[str],
    job_ids: Sequence[str],
    batch: str | None,
    now: float,
    learned: Learned,
    taste: Taste,
) -> list[Job]:
    """One job for each seed of each draft, in order, its prompt woven from the person's words and what was learned.

    `asks` are the ids of the asks, one for each draft, or the same for all drafts of a group, whose jobs are counted
    on; `learned` is what counts now in the places they reach.
    """
    cues: Places = defaultdict(list)
    for cue in fold(learned, taste, now):
        cues[cue.scope, cue.about].append(cue)
    left, count = iter(job_ids), Counter[str]()
    made: list[Job] = []
    for one, ask in zip(drafts, asks, strict=True):
        mine = list(islice(left, len(one.seeds)))
        made += _jobs(one, ask, batch, now, mine, count[ask], _composed(one, cues, taste))
        count[ask] += len(mine)
    return made


def places(one: Draft) -> list[tuple[Scope, str]]:
    """Where cues for this draft belong, the nearest place first."""
    named = {Scope.STYLE: one.ask.style, Scope.ARCHETYPE: one.ask.archetype, Scope.MODEL: one.model.id}
    return [
        (Scope.SLUG, one.slug),
        *((scope, about) for scope, about in named.items() if about),
        (Scope.EVERYTHING, ""),
    ]


def _composed(one: Draft, cues: Places, taste: Taste) -> Composed:
    in_scope = [cue for place in places(one) for cue in cues.get(place, ())]
    return compose(one.worded, one.negative, in_scope, _reader(one), taste.taxonomy)


def _reader(one: Draft) -> Reader:
    return Reader(one.model.prompt_limit, one.model.tokens, one.heeds)


def _jobs(
    one: Draft, ask: str, batch: str | None, now: float, job_ids: Sequence[str], first: int, composed: Composed
) -> Iterator[Job]:
    for index, (job_id, seed) in enumerate(zip(job_ids, one.seeds, strict=True), start=first):
        yield Job(
            id=job_id,
            ask=ask,
            index=index,
            batch=batch,
            asker=one.ask.asker,
            guild=one.ask.guild,
            channel=one.ask.channel,
            slug=one.slug,
            archetype=one.ask.archetype,
            model=one.model.id,
            asked=one.ask.prompt,
            prompt=composed.prompt,
            negative=composed.negative,
            cues=composed.cues,
            seed=seed,
            width=one.width,
            height=one.height,
            steps=one.steps,
            guidance=one.guidance,
            created_at=now,
            extras=one.ask.whole(),
            parent=one.ask.parent,
            style=one.ask.style,
            style_negative=one.style_negative,
            label=one.ask.label,
            routed=one.ask.routed,
        )


def again(job: Job, key: str, asker: int) -> Ask:
    """What was asked for once, asked for by this person now, with any seed."""
    return Ask(
        key=key,
        prompt=job.asked,
        asker=asker,
        guild=job.guild,
        channel=job.channel,
        model=job.model,
        width=job.width,
        height=job.height,
        slug=job.slug,
        archetype=job.archetype,
        negative=asked_negative(job),
        steps=job.steps,
        guidance=job.guidance,
        loras=job.extras.loras,
        extras=job.extras,
        style=job.style,
        parent=job.parent,
    )
