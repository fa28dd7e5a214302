"""Figures as Markdown, so that what the terminal shows can be committed as it is."""

from tests.bench.figure import Figure, Row


def section(figure: Figure) -> str:
    """A heading, a question and a table."""
    head = f"## {figure.name}\n\n{figure.question}\n"
    if figure.skipped:
        return f"{head}\n*Not measured: {figure.skipped}*"
    table = ["| | median | quartiles | samples |", "|---|--:|--:|--:|", *(_line(row) for row in figure.rows)]
    return "\n".join([head, *table])


def _line(row: Row) -> str:
    between = "" if row.low is None or row.high is None else f"{number(row.low)} – {number(row.high)}"
    value, samples = f"{number(row.value)} {row.unit}".rstrip(), row.samples if row.unit else ""
    return f"| {row.what} | {value} | {between} | {samples} |"


def number(value: float) -> str:
    """Three figures that count; whole numbers and everything above a thousand without a fraction."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"
