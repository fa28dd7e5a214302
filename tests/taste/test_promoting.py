"""Words and reasons that people promoted: a fold over what they did, under which the files' own words win."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from bot.nouns import Judgement, Learned, ReasonEdit, Verdict
from bot.taste.cues import Taste, fold
from bot.taste.lessons import lessons, unfiled
from bot.taste.promoting import MOST, grown, keywords, reason_id, standing
from bot.taste.reading import shipped
from tests.made import NOW

MOOD = {"name": "Mood", "emoji": "🫥", "positive": "full of life", "negative": "lifeless"}


def edit(number: int, promoted: bool, reason: str, *words: str, **new: str) -> ReasonEdit:
    return ReasonEdit(f"k{number}", promoted, reason, words, 7, NOW + number, **new)


def test_words_are_filed_under_a_reason_that_is_there() -> None:
    """They bring its phrase; taken back, they fit nothing again."""
    filed = grown(shipped(), [edit(1, True, "focus", "mushy")])
    assert [lesson.phrase for lesson in lessons(filed, "all mushy")] == ["sharp focus"]
    back = grown(shipped(), [edit(1, True, "focus", "mushy"), edit(2, False, "focus", "mushy")])
    assert back == shipped()
    assert unfiled(back, "all mushy") == ("all mushy",)


def test_a_new_reason_has_its_words_its_emoji_and_both_phrases() -> None:
    """Demoted, it is gone with every word that was filed under it, also later."""
    edits = [edit(1, True, "mood", "soulless", **MOOD), edit(2, True, "mood", "no soul")]
    taxonomy = grown(shipped(), edits)
    for said, emojis in (("Soulless", ()), ("it has no soul!", ()), ("", ("🫥",))):
        (lesson,) = lessons(taxonomy, said, emojis)
        assert (lesson.phrase, lesson.negative, lesson.reason) == ("full of life", "lifeless", "mood")
    assert grown(shipped(), [*edits, edit(3, False, "mood")]) == shipped()


def test_what_was_said_before_becomes_a_cue_and_stops_being_one() -> None:
    """Cues are folded anew each time: nothing has to be written again."""
    said = Judgement("j1", "fox", 1, 5, Verdict.REJECT, "soulless", NOW)
    learned, edits = Learned((said,)), [edit(1, True, "mood", "soulless", **MOOD)]
    assert fold(learned, Taste(shipped()), NOW) == ()
    (cue,) = fold(learned, Taste(grown(shipped(), edits)), NOW)
    assert (cue.phrase, cue.negative) == ("full of life", "lifeless")
    assert fold(learned, Taste(grown(shipped(), [*edits, edit(2, False, "mood")])), NOW) == ()


def test_what_the_files_say_wins() -> None:
    """An id, an emoji or a keyword that a file names since then is the file's."""
    edits = [
        edit(1, True, "focus", "smeared", name="My focus", positive="x"),
        edit(2, True, "mood", "soulless", **{**MOOD, "emoji": "🎨"}),
        edit(3, True, "mood", "blurry"),
        edit(4, True, "gone", "lost words"),
    ]
    taxonomy = grown(shipped(), edits)
    assert [lesson.phrase for lesson in lessons(taxonomy, "smeared, blurry")] == ["sharp focus"]
    assert taxonomy.emojis["🎨"].id == "colour"
    assert [reason.emoji for reason in taxonomy.reasons if reason.id == "mood"] == [""]
    assert lessons(taxonomy, "lost words") == ()


def test_two_new_reasons_cannot_share_an_emoji() -> None:
    """The first one has it."""
    edits = [edit(1, True, "mood", "a1", **MOOD), edit(2, True, "air", "b1", **{**MOOD, "name": "Air"})]
    assert grown(shipped(), edits).emojis["🫥"].id == "mood"


def test_keywords_are_what_complaints_are_compared_with() -> None:
    assert keywords(" Soul-less ,, “No Life”; @everyone\nno life") == ("soul-less", "no life", "everyone")
    assert len(keywords(",".join(f"w{number}" for number in range(99)))) == MOST
    assert keywords("@ <> ,") == ()
    assert reason_id(" Licht & Schatten ") == "licht-schatten"
    assert reason_id("日本") == ""


words = st.sampled_from(["mushy", "soulless", "dry"])
edits = st.lists(
    st.one_of(
        st.builds(lambda word: edit(0, True, "focus", word), words),
        st.builds(lambda word: edit(0, True, "mood", word, **MOOD), words),
        st.builds(lambda word: edit(0, False, "focus", word), words),
        st.just(edit(0, False, "mood")),
    ),
    max_size=8,
)


@given(edits)
def test_demoting_everything_returns_the_files(done: list[ReasonEdit]) -> None:
    """Whatever was promoted in whichever order, nothing of it stays, and no word has two reasons meanwhile."""
    found = standing(done)
    taxonomy = grown(shipped(), done)
    known = [word for reason in taxonomy.reasons for word in reason.keywords]
    assert len([word for word in known if word in ("mushy", "soulless", "dry")]) <= len(found.keywords)
    for order in permutations([edit(0, False, "focus"), edit(0, False, "mood")]):
        assert grown(shipped(), [*done, *order]) == shipped()
