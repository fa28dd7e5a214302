"""What messages look like, from values alone: names, words, limits."""

from collections import Counter
from dataclasses import replace

import pytest

from bot.chat import layout
from bot.chat.layout import Card
from bot.nouns import Cue, Job, JobState, Notice, NoticeKind, Picture
from bot.texts import card as words
from gpu_agent.wire import Progress
from tests import made
from tests.chat.stage import done

JOB = made.job(
    id="0000000000000job", ask="0000000000000ask", asker=42, channel=2, slug="fox", asked="a fox",
    prompt="a fox, at night", width=64, height=64, steps=8, guidance=0.0,
)  # fmt: skip
NOTICE = Notice("000000000000note", NoticeKind.PICTURE, 2, 0.0, job=JOB.id)
CARD = Notice("000000000000card", NoticeKind.CARD, 2, 0.0, ask=JOB.ask)
CUES = (Cue("at night", "fox", (1,)), Cue("bigger", "fox", (2,)))


def picture(job: Job = JOB, joules: float | None = 720.0) -> Picture:
    made = done(job, "0" * 64, 1)
    return Picture(job.id, made.sha256, 1, made.receipt, 1.25, 1, joules, 0.0)


def card(*jobs: Job, notice: Notice = CARD, places: dict[str, int] | None = None) -> Card:
    return Card(notice, "fox", jobs, Counter(job.state for job in jobs), places or {}, {})


def test_every_message_carries_the_id_by_which_it_is_found_again() -> None:
    """The courier searches footers for it after a doubt."""
    posts = [
        layout.card(card(JOB)),
        layout.picture(NOTICE, JOB, picture()),
        layout.lost(NOTICE, JOB),
        layout.failure(NOTICE, replace(JOB, error_kind="picture-black")),
        layout.cancellation(NOTICE, JOB),
        layout.announcement(replace(NOTICE, text="hello")),
    ]
    for post in posts:
        assert str(post.embed().footer.text).endswith((NOTICE.id, CARD.id))


def test_a_picture_shows_the_cues_it_was_woven_with() -> None:
    assert "with cues: at night, bigger" in layout.picture(NOTICE, replace(JOB, cues=CUES), picture()).body
    assert "with cues" not in layout.picture(NOTICE, JOB, picture()).body


def test_energy_is_told_only_where_it_was_measured() -> None:
    assert "0.2 Wh" in layout.picture(NOTICE, JOB, picture()).footer
    assert "Wh" not in layout.picture(NOTICE, JOB, picture(joules=None)).footer


def test_a_picture_that_may_not_be_sold_says_so() -> None:
    """The licence stands beside the seed of every picture that its model allows for no business."""
    free = picture()
    terms = {"licence": "FLUX.1 dev Non-Commercial", "commercial": False}
    bound = replace(free, receipt=free.receipt.model_copy(update=terms))
    assert "FLUX.1 dev Non-Commercial: not for commercial use" in layout.picture(NOTICE, JOB, bound).footer
    assert "commercial" not in layout.picture(NOTICE, JOB, free).footer


def test_a_prompt_its_model_read_only_in_part_says_so() -> None:
    made = picture()
    cut = replace(made, receipt=made.receipt.model_copy(update={"prompt_truncated": True}))
    assert "its end was left out" in layout.picture(NOTICE, JOB, cut).body


def test_the_longest_prompt_fits_into_discords_limits() -> None:
    """4096 characters of text, 1024 of description, also when every one of them has to be escaped."""
    job = replace(JOB, asked="*@" * 4000, cues=CUES * 200)
    post = layout.picture(NOTICE, job, picture(job))
    assert len(str(post.embed().description)) <= 4096
    assert len(post.alt) == 1024


def test_a_large_group_is_cut_after_ten_lines() -> None:
    """What is cut is still counted."""
    many = [replace(JOB, id=f"{number:016}", index=number) for number in range(50)]
    body = layout.card(card(*many)).body
    assert body.count("seed") == 10
    assert "0 of 50 done, 50 left" in body


def test_the_same_values_give_the_same_message() -> None:
    """Whether a card needs an edit is decided by comparing."""
    assert layout.card(card(JOB, places={JOB.id: 3})) == layout.card(card(JOB, places={JOB.id: 3}))
    assert layout.card(card(JOB, places={JOB.id: 3})) != layout.card(card(JOB, places={JOB.id: 2}))


@pytest.mark.parametrize(
    ("states", "colour"),
    [
        ([JobState.QUEUED, JobState.RENDERED], layout.card(card(JOB)).colour),
        ([JobState.RENDERED, JobState.CANCELLED], layout.picture(NOTICE, JOB, picture()).colour),
        ([JobState.RENDERED, JobState.FAILED], layout.failure(NOTICE, JOB).colour),
        ([JobState.CANCELLED], layout.cancellation(NOTICE, JOB).colour),
    ],
)
def test_a_cards_colour_says_how_it_ended(states: list[JobState], colour: int) -> None:
    """Its words say the same, so nobody depends on the colour."""
    assert layout.card(card(*(replace(JOB, state=state) for state in states))).colour == colour


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1, "first in line"),
        (3, "third in line"),
        (11, "11th in line"),
        (22, "22nd in line"),
        (103, "103rd in line"),
        (112, "112th in line"),
        (None, "in line"),
    ],
)
def test_places_are_words(number: int | None, told: str) -> None:
    assert words.place(number) == told


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        (None, "handed to the tower"),
        (Progress(job="j", phase="waiting"), "waits on the tower"),
        (Progress(job="j", phase="loading", detail="Z", share=0.4), "loading Z, 40% ▰▰▰▰▰▱▱▱▱▱▱▱"),
        (Progress(job="j", phase="loading"), "loading demo"),
        (Progress(job="j", phase="rendering"), "rendering"),
        (Progress(job="j", phase="rendering", step=4, of=8), "step 4 of 8 ▰▰▰▰▰▰▱▱▱▱▱▱"),
        (Progress(job="j", phase="decoding", step=8, of=8), "developing the picture"),
        (
            Progress(job="j", phase="waiting", hold="weights-not-mounted", facts={"path": ".mounted"}),
            "waits. The weights drive is not mounted on attic (.mounted is missing). Mount it, and I go on by myself.",
        ),
        (
            Progress(job="j", phase="waiting", hold="card-in-use", facts={"program": "game\n@here", "bytes": None}),
            "waits. game @\u200bhere is using the card of attic.",
        ),
    ],
)
def test_progress_is_words_with_a_bar_where_there_is_a_share(progress: Progress | None, told: str) -> None:
    running = replace(JOB, state=JobState.RENDERING, tower="attic")
    assert words.job(running, None, progress).startswith(told)
    assert words.job(replace(running, cancel_wanted=True), None, progress) == "being stopped"
