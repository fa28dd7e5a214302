"""A bench as a page of Markdown, to be read and to be kept."""

from collections.abc import Iterable, Sequence

from gpu_agent.engine.bench.told import Bench, First, Pulled, Row, Took

_GB = 10**9
_NONE = "–"


def page(found: Bench, command: str) -> str:
    """Everything, the main table first."""
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    driver = f", driver {found.driver}" if found.driver else ""
    head = (
        f"{found.device}{driver}. {versions}.\n\n"
        f"A matrix product of {found.dtype} reaches {found.rate / 1e12:.3g} TFLOP/s here; "
        f"floors are counted operations over that.\n\n    {command}\n"
    )
    parts = [head, _main(found.rows), _split(found.rows), _besides(found.rows)]
    parts += [_pulled(row) for row in found.rows if row.pulled]
    parts += [_lines(f"Where the time of {row.name} goes", row.traced) for row in found.rows if row.traced]
    parts.append(_lines("To be known", [f"{row.name}: {note}" for row in found.rows for note in row.notes]))
    parts += [_lines("Left out", found.left_out), _lines("The card", found.states)]
    return "\n".join(part for part in parts if part)


def _main(rows: Sequence[Row]) -> str:
    head = ("model", "drawn", "floor", "plain", "ours", "ours ÷ floor", "plain ÷ ours", "memory, plain / ours",
            "joules, plain / ours")  # fmt: skip
    return _table(head, [_figures(row) for row in rows])


def _figures(row: Row) -> tuple[str, ...]:
    plain, ours = row.plain, row.ours
    clip = f" × {row.frames}" if row.frames > 1 else ""
    unit = "" if row.whole else " a step"
    return (
        row.model,
        f"{row.width}×{row.height}{clip}, {row.steps} steps",
        _seconds(_floor(row), unit),
        _took(row, plain) + unit if plain else _NONE,
        _took(row, ours) + unit,
        _ratio(_time(row, ours), _floor(row)),
        _ratio(_time(row, plain), _time(row, ours)) if plain else _NONE,
        f"{_memory(plain)} / {_memory(ours)} GB",
        f"{_joules(row, plain)} / {_joules(row, ours)}",
    )


def _time(row: Row, took: Took) -> float:
    """Of a picture, or of a clip's step: the denoiser's alone."""
    return took.median if row.whole else took.denoise / row.per


def _floor(row: Row) -> float | None:
    if row.floor is None or row.work is None or row.whole:
        return row.floor
    return row.floor * row.work.denoiser / row.work.whole / row.per


def _took(row: Row, took: Took) -> str:
    time = f"{_time(row, took):.3f} s"
    return f"{time} (p95 {took.p95:.3f}, {took.runs} runs)" if row.whole else f"{time} ({took.runs} runs)"


def _memory(took: Took | None) -> str:
    return _NONE if took is None else f"{took.peak / _GB:.1f}"


def _joules(row: Row, took: Took | None) -> str:
    return _NONE if took is None or took.joules is None else f"{took.joules / row.per:.0f}"


def _split(rows: Sequence[Row]) -> str:
    head = ("medians, s", "way", "text", "denoise", "a step", "decode", "rest", "PNG")
    lines = []
    for row in rows:
        for way, took in (("plain", row.plain), ("ours", row.ours)):
            if took is not None:
                parts = (took.text, took.denoise, took.denoise / row.steps, took.decode, took.rest, took.png)
                lines.append((row.model, way, *(f"{part:.4f}" for part in parts)))
    return _table(head, lines)


def _besides(rows: Sequence[Row]) -> str:
    head = ("ours", "first picture", "slowest ÷ median", "graphs built later", "idle between pictures", "from the disk",
            "placed", "levers", "lossy")  # fmt: skip
    return _table(head, [_beside(row) for row in rows])


def _beside(row: Row) -> tuple[str, ...]:
    idle = _NONE if row.idle is None else f"{100 * row.idle:.2f} %"
    levers, lossy = ", ".join(row.levers) or "none", ", ".join(row.lossy) or "nothing"
    slowest = f"{row.slowest:.2f}×"
    return (row.model, _seconds(row.compiled), slowest, str(row.recompiled), idle, _first(row.first), row.plan, levers,
            lossy)  # fmt: skip


def _first(first: First | None) -> str:
    if first is None:
        return _NONE
    told = f"{first.seconds:.1f} s for {first.bytes / _GB:.2f} GB"
    return told if first.disk is None else f"{told}; the disk gives {first.disk / _GB:.2f} GB/s"


def _pulled(row: Row) -> str:
    head = (row.model, "seconds", "largest difference", "PSNR")
    return _table(head, [_lever(each) for each in row.pulled])


def _lever(each: Pulled) -> tuple[str, ...]:
    if each.median is None:
        return each.lever, f"left out: {each.missing}", _NONE, _NONE
    if each.largest is None:
        return each.lever, f"{each.median:.3f}", _NONE, _NONE
    decibels = "identical" if each.decibels is None else f"{each.decibels:.1f} dB"
    return each.lever, f"{each.median:.3f}", f"{each.largest:.4f}", decibels


def _seconds(value: float | None, unit: str = "") -> str:
    return _NONE if value is None else f"{value:.3f} s{unit}"


def _ratio(one: float, other: float | None) -> str:
    return f"{one / other:.2f}×" if other else _NONE


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines) if len(lines) > 2 else ""


def _lines(title: str, lines: Iterable[str]) -> str:
    told = "".join(f"- {line}\n" for line in lines)
    return f"{title}:\n\n{told}" if told else ""
