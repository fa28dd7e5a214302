"""Words for times: what is understood, and what is refused with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadWhen, BadZone
from bot.intake import when


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("daily 02:00", "0 2 * * *"),
        ("Daily 2:00", "0 2 * * *"),
        ("weekdays 07:30", "30 7 * * 1-5"),
        ("weekends 23:59", "59 23 * * 0,6"),
        ("mon,thu 18:15", "15 18 * * 1,4"),
        ("mondays 18:30", "30 18 * * 1"),
        ("tues,wednesday 00:00", "0 0 * * 2,3"),
        ("hourly :30", "30 * * * *"),
        ("hourly :05", "5 * * * *"),
        ("*/5 1-3 29 2 MON", "*/5 1-3 29 2 mon"),
        ("every day at 2:00", "0 2 * * *"),
        ("nightly 23:05", "5 23 * * *"),
        ("every Monday at 18:30", "30 18 * * 1"),
        ("1st 08:00", "0 8 1 * *"),
        ("on the 31st at 08:00", "0 8 31 * *"),
        ("last day 18:00", "0 18 L * *"),
        ("on the last day at 18:00", "0 18 L * *"),
        ("every hour at :15", "15 * * * *"),
    ],
)
def test_words_become_cron_fields(words: str, fields: str) -> None:
    """Days and a time, every hour at a minute, or five fields as they are."""
    assert when.cron(words) == fields


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "neither"),
        ("soon", "neither"),
        ("daily 24:00", "24:00"),
        ("daily 2", "“2”"),
        ("someday 02:00", "someday"),
        ("m 02:00", "“m”"),
        ("mon,,thu 02:00", "“”"),
        ("hourly 30", "hourly"),
        ("hourly :60", "hourly"),
        ("61 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("0 0 31 2 *", "day-of-month"),
        ("0 0 0 * *", "day-of-month"),
        ("0 0 1 13 *", "month"),
        ("0 0 * * 8", "day-of-week"),
        ("*/0 * * * *", "minute"),
        ("0 0 1 1 1 1", "neither"),
        ("daily\x00 02:00", "daily"),
        ("32nd 08:00", "32nd"),
        ("last week 08:00", "neither"),
    ],
)
def test_what_is_no_time_is_refused_with_the_reason(words: str, why: str) -> None:
    """The fault names the part that cannot be understood."""
    with pytest.raises(BadWhen) as refused:
        when.cron(words)
    assert why in str(refused.value.facts["fault"])


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("01:00-06:00", "0 1 * * *", "0 6 * * *"),
        ("between 01:00 and 06:00", "0 1 * * *", "0 6 * * *"),
        ("daily from 1:00 to 6:30", "0 1 * * *", "30 6 * * *"),
        ("Weekdays 22:00–06:00", "0 22 * * 1-5", "0 6 * * *"),
        ("mon,thu 22:00 - 02:00", "0 22 * * 1,4", "0 2 * * *"),
        ("weekends 09:00 until 21:00", "0 9 * * 0,6", "0 21 * * *"),
        ("last day 18:00 till 23:59", "0 18 L * *", "59 23 * * *"),
        ("0 1 * * 1-5 until 06:00", "0 1 * * 1-5", "0 6 * * *"),
    ],
)
def test_a_window_has_a_beginning_and_an_end(words: str, start: str, end: str) -> None:
    """Days and two times, or any beginning and the time at which it closes."""
    assert when.window(words) == (start, end)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("daily 01:00", "a beginning and an end"),
        ("06:00", "a beginning and an end"),
        ("01:00-01:00", "ends when it begins"),
        ("daily 1:00 until 01:00", "ends when it begins"),
        ("01:00-25:00", "25:00"),
        ("someday 01:00-06:00", "someday"),
        ("61 * * * * until 06:00", "minute"),
    ],
)
def test_what_is_no_window_is_refused_with_the_reason(words: str, why: str) -> None:
    with pytest.raises(BadWhen) as refused:
        when.window(words)
    assert why in str(refused.value.facts["fault"])


@given(st.one_of(st.text(max_size=40), st.text(alphabet="0123456789:- ltuniabewd", max_size=24)))
def test_any_words_are_a_window_or_refused(words: str) -> None:
    try:
        fields = when.window(words)
    except BadWhen:
        return
    assert [len(field.split()) for field in fields] == [5, 5]


@given(st.one_of(st.text(max_size=40), st.text(alphabet="0123456789*,-/ l#:monjan", max_size=20)))
def test_any_words_are_understood_or_refused(words: str) -> None:
    """Nothing a person types ends in anything but five fields or BadWhen."""
    try:
        fields = when.cron(words)
    except BadWhen:
        return
    assert len(fields.split()) == 5


@pytest.mark.parametrize("name", ["Europe/Berlin", " UTC ", "America/Argentina/Ushuaia"])
def test_a_zone_that_exists_is_taken(name: str) -> None:
    """White space around it is not part of it."""
    assert when.zone(name) == name.strip()


@pytest.mark.parametrize("name", ["", "Atlantis", "Europe", "../../etc/passwd", "/etc/localtime", "a\x00b", "é" * 300])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    """Folders, paths and rubbish are no zones, and open no file."""
    with pytest.raises(BadZone):
        when.zone(name)
