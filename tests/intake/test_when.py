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
    ],
)
def test_what_is_no_time_is_refused_with_the_reason(words: str, why: str) -> None:
    """The fault names the part that cannot be understood."""
    with pytest.raises(BadWhen) as refused:
        when.cron(words)
    assert why in str(refused.value.facts["fault"])


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
