"""Names that come from files are other people's text."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from gpu_agent import naming

ANY = st.text(st.characters(), max_size=300)  # surrogates too: file names may hold bytes that are no letters


@given(ANY)
def test_what_is_shown_acts_on_nothing(text: str) -> None:
    """No control characters, no mentions, links or marks, one line, and not too long."""
    shown = naming.clean(text)
    assert len(shown) <= naming.LONGEST_NAME
    assert not set(shown) & set("@<>`*|~[]\n\r")
    assert all(unicodedata.category(letter)[0] != "C" for letter in shown)
    assert shown == " ".join(shown.split())
    assert naming.clean(shown) == shown


def test_a_common_name_stays_as_it_is() -> None:
    """Whatever people usually call their files."""
    for name in ("dreamshaperXL_v21TurboDPMSDE", "Flux.1-dev (fp8) v2", "Ærøskøbing 風景"):
        assert naming.clean(name) == name
    assert naming.clean("x @everyone <@1> \u202egpj.\u200b") == "x everyone 1 gpj."


@given(ANY)
def test_a_slug_can_always_be_an_id(text: str) -> None:
    """Of models and of LoRAs, and it is the same each time."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,47}", naming.slug(text))
    assert naming.slug(text) == naming.slug(text)


def test_slugs_read_like_their_names() -> None:
    """Accents go, words are kept apart, and names in other letters are told by their digests."""
    assert naming.slug("DreamShaper XL_v2.1 (Turbo)") == "dreamshaper-xl-v2-1-turbo"
    assert naming.slug("Crème brûlée") == "creme-brulee"
    assert naming.slug("風景") != naming.slug("風")
    assert naming.slug("風景").startswith("file-")


def test_a_name_that_is_taken_gets_a_mark_of_its_place() -> None:
    """The same the next time, and another for another place."""
    assert naming.unique("a", (), "/x") == "a"
    marked = naming.unique("a", ("a",), "/x")
    assert marked == naming.unique("a", ("a",), "/x") != naming.unique("a", ("a",), "/y")
    assert re.fullmatch(r"a-[0-9a-f]{8}", marked)
