"""The axes of a grid: what is written becomes values, and values become labelled cells."""

import pytest

from bot.errors import Unclear
from bot.intake import axes
from bot.intake.axes import Axis, Value
from bot.texts import failures


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("guidance: 1, 2.5,4", "guidance", (1.0, 2.5, 4.0)),
        (" Steps = 4; 8 ", "steps", (4, 8)),
        ("step: 4, 8", "steps", (4, 8)),
        ("seeds: 0, 4294967295", "seed", (0, 2**32 - 1)),
        ("models: demo, sdxl, demo", "model", ("demo", "sdxl")),
        ("style: Ink, none, plain", "style", ("ink", None)),
    ],
)
def test_an_axis_is_read_as_people_write_it(text: str, kind: str, values: tuple[Value, ...]) -> None:
    """In any case, in the plural, each value once and in its order."""
    assert axes.parse(text) == Axis(kind, values)  # type: ignore[arg-type]  # one of the kinds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sampler: a, b", ["not an axis", "guidance", "style"]),
        ("1, 2", ["not an axis"]),
        ("guidance: 1, much", ["“much” cannot be guidance", "0 to 50"]),
        ("guidance: 1, nan", ["“nan”"]),
        ("guidance: 1, 51", ["“51”"]),
        ("steps: 0, 4", ["“0”", "1 to 200"]),
        ("steps: 4, 8.5", ["“8.5”"]),
        ("seed: 1, 4294967296", ["“4294967296”"]),
        ("steps: 4, 4", ["at least two"]),
        ("steps:", ["at least two"]),
    ],
)
def test_what_is_no_axis_is_refused_with_what_would_be(text: str, words: list[str]) -> None:
    """A sentence for each."""
    with pytest.raises(Unclear) as refused:
        axes.parse(text)
    for word in words:
        assert word in failures.sentences(refused.value)


def test_cells_come_row_by_row_with_their_labels() -> None:
    """The first axis runs across."""
    cells = axes.cells([axes.parse("guidance: 1, 2"), axes.parse("steps: 5, 10")], 16)
    assert [cell.label for cell in cells] == [
        "guidance 1 · steps 5",
        "guidance 2 · steps 5",
        "guidance 1 · steps 10",
        "guidance 2 · steps 10",
    ]
    assert cells[1].changes == {"guidance": 2.0, "steps": 5}


@pytest.mark.parametrize(
    ("texts", "kind"),
    [(("steps: 1, 2", "steps: 3, 4"), "axis-twice"), (("steps: 1, 2, 3", "seed: 1, 2, 3"), "grid-many")],
)
def test_two_axes_of_a_kind_and_too_many_cells_are_refused(texts: tuple[str, str], kind: str) -> None:
    """Before any cell is made."""
    with pytest.raises(Unclear) as refused:
        axes.cells([axes.parse(text) for text in texts], 8)
    assert refused.value.kind == kind


def test_no_style_is_told_in_words() -> None:
    """A cell without a style is no cell without a label."""
    assert [cell.label for cell in axes.cells([axes.parse("style: ink, none")], 4)] == ["style ink", "no style"]
