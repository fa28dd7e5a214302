"""Where the cells of a contact sheet lie, and what stands at its edges. Pure; lengths are pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

GAP = 12
_WIDEST, _HIGHEST = 2048, 6144
SMALLEST = 28  # the height of a letter
_LETTERS_ACROSS = 32  # as many letters' heights as a sheet is wide
_WIDE_ENOUGH = 480  # a cell of smaller pictures is as wide as this, so that its caption can be read
_TALLEST = 1.8  # times as high as wide
_COLUMNS = 5  # of a sheet that is not too high with them
_COLUMNS_OF_A_GRID = 12
_BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Axes:
    """The headings of a grid's rows (none for a single axis) and columns."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Geometry:
    """A sheet of cells `columns` abreast. For headings there are `head` left of them and `top` above them."""

    columns: int
    rows: int
    cell: tuple[int, int]
    letters: int
    head: int = 0
    top: int = 0

    @property
    def line(self) -> int:
        """The height of a line of letters, or of two lines of smaller ones."""
        return _line(self.letters)

    @property
    def width(self) -> int:
        return self.head + GAP + self.columns * (self.cell[0] + GAP)

    @property
    def height(self) -> int:
        return self.top + GAP + self.rows * (self.cell[1] + self.line + GAP)

    def box(self, row: int, column: int) -> Box:
        """Where the picture of this cell lies."""
        left = self.head + GAP + column * (self.cell[0] + GAP)
        return Box(left, self.top + GAP + row * (self.cell[1] + self.line + GAP), *self.cell)

    def boxes(self, count: int) -> Iterator[Box]:
        """In the order of the pictures, row by row."""
        return (self.box(*divmod(index, self.columns)) for index in range(count))

    def caption(self, box: Box) -> Box:
        return Box(box.left, box.top + box.height, box.width, self.line)

    def headings(self, axes: Axes | None) -> Iterator[tuple[str, Box]]:
        """Each heading with its place."""
        if axes is None:
            return
        for column, text in enumerate(axes.columns):
            yield text, Box(self.box(0, column).left, 0, self.cell[0], self.top)
        for row, text in enumerate(axes.rows):
            yield text, Box(GAP, self.box(row, 0).top, self.head - GAP, self.cell[1])


def _line(letters: int) -> int:
    return max(letters * 5 // 3, SMALLEST * 5 // 2)


def axes(labels: Sequence[str]) -> Axes | None:
    """The axes of a grid by its labels, "across · down" row by row; None when they make none to be drawn."""
    parts = [tuple(label.split(_BETWEEN)) for label in labels]
    lengths = {len(part) for part in parts}
    if lengths == {1} and len(set(parts)) == len(parts) <= _COLUMNS:
        return Axes((), tuple(labels))
    if lengths != {2}:
        return None
    columns, rows = (tuple(dict.fromkeys(part[side] for part in parts)) for side in (0, 1))
    whole = [(column, row) for row in rows for column in columns]
    return Axes(rows, columns) if parts == whole and len(columns) <= _COLUMNS_OF_A_GRID else None


def geometry(
    count: int, sizes: Sequence[tuple[int, int]], axes: Axes | None = None, abreast: int = _COLUMNS
) -> Geometry:
    """The places of so many pictures of these sizes; without axes in as few columns as are not too high.

    `abreast` is how many columns there are at most where that is not too high.
    """
    if axes is not None:
        return _laid(len(axes.columns), count, sizes, axes)
    few = min(count, abreast) if count <= 3 else min(ceil(sqrt(count)), abreast)
    made = (_laid(columns, count, sizes, None) for columns in range(few, count + 1))
    return next(one for one in made if one.height <= _HIGHEST or one.columns == count)


def _laid(columns: int, count: int, sizes: Sequence[tuple[int, int]], axes: Axes | None) -> Geometry:
    """With this many columns, as wide as the largest picture needs and a sheet may be."""
    rows, share = ceil(count / columns), _WIDEST // 6 if axes and axes.rows else 0
    most = max(_WIDE_ENOUGH, *(width for width, _ in sizes))
    wide = min(most, (_WIDEST - share - GAP) // columns - GAP)
    head = min(share, wide)
    letters = max(SMALLEST, (head + GAP + columns * (wide + GAP)) // _LETTERS_ACROSS)
    line, top = _line(letters), letters * 3 if axes else 0
    high = round(wide * min(_TALLEST, max(height / width for width, height in sizes)))
    if axes is not None:  # a grid's columns are given, so it is the cells that give way
        high = min(high, (_HIGHEST - top - GAP) // rows - line - GAP)
    return Geometry(columns, rows, (wide, max(high, 2 * line)), letters, head, top)
