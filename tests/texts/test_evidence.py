"""What a report says fits one message, whatever people called their things."""

from bot.nouns import Cue, Figure, Report, Scope
from bot.texts import evidence

HOSTILE = "`` ``` @everyone \u202e <@&1>\n**" + "x" * 60


def figure(*name: str, low: float = -1.0, few: bool = False) -> Figure:
    return Figure(name, 99_999, 0.5, 1.0, low, 1.0, few)


def test_the_longest_report_fits_a_message_and_stays_a_table() -> None:
    """Two hundred of each kind, all with names that would break out of the block, and three cues to retire."""
    named = tuple(figure("archetype", HOSTILE, HOSTILE) for _ in range(200))
    others = tuple(figure(HOSTILE) for _ in range(200))
    harmful = [Cue("y" * 80, "z" * 64, (), scope=Scope.ARCHETYPE)] * evidence.HARMFUL
    said = evidence.report(Report(figure(), named, others, others), harmful, may_retire=False)
    assert len(said) <= 2000
    assert said.count("```") == 2
    table = said.split("```")[1]
    assert "\u202e" not in said
    assert "`" not in table
    assert max(map(len, table.splitlines())) <= 72
    assert said.endswith(evidence.BOUNDS)


def test_figures_of_few_pairs_are_not_shown_as_if_they_said_something() -> None:
    said = evidence.report(Report(figure(few=True), (figure("slug", "fox", "bright", few=True),)), [], may_retire=True)
    assert said.startswith("Too few yet")
    assert said.count("too few yet") == 2
    assert "100" not in said.split("```")[1].replace("100%", "")


def test_a_share_of_zero_is_told_apart_from_no_luck_yet() -> None:
    assert "evidence_share" in evidence.none(0, 0.0)
    assert "10%" in evidence.none(3, 0.1)
