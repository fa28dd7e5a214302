"""Drafts and verdicts → the rows of jobs. Pure, but for the ids."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter

from bot.clock import Clock, new_id
from bot.intake.drafts import Draft
from bot.nouns import Ask, Cue, Job, Judgement
from bot.taste.compose import compose
from bot.taste.cues import fold


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
    judgements: Sequence[Judgement],
) -> list[Job]:
    """One job for each seed of each draft, in order, its prompt woven from the person's words and what was learned.

    `asks` are the ids of the asks, one for each draft; `judgements` what counts now for their slugs.
    """
    cues = _by_slug(judgements)
    left = iter(job_ids)
    return [
        job
        for one, ask in zip(drafts, asks, strict=True)
        for job in _jobs(one, ask, batch, now, list(islice(left, len(one.seeds))), cues.get(one.slug, ()))
    ]


def _jobs(
    one: Draft, ask: str, batch: str | None, now: float, job_ids: Sequence[str], cues: Sequence[Cue]
) -> Iterator[Job]:
    composed = compose(one.ask.prompt, cues, one.model.prompt_limit)
    for index, (job_id, seed) in enumerate(zip(job_ids, one.seeds, strict=True)):
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
            negative=one.ask.negative,
            cues=composed.cues,
            seed=seed,
            width=one.width,
            height=one.height,
            steps=one.model.steps,
            guidance=one.model.guidance,
            created_at=now,
        )


def _by_slug(judgements: Sequence[Judgement]) -> dict[str, tuple[Cue, ...]]:
    ordered = sorted(judgements, key=attrgetter("slug"))
    return {slug: fold(list(of_slug)) for slug, of_slug in groupby(ordered, key=attrgetter("slug"))}


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
        negative=job.negative,
    )
