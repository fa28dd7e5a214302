"""What `/tower` answers."""

from collections.abc import Sequence
from statistics import median

from bot.board import TowerView
from bot.nouns import Heard, Wake
from bot.texts import failures
from bot.texts.tongue import _, counted
from gpu_agent.stock import Gpu, ShelfModel
from gpu_agent.wire import Status

RUNGS = {
    "unknown": _("not looked at yet"),
    "asleep": _("asleep"),
    "waking": _("waking up"),
    "port": _("starting, its SSH port is open"),
    "ssh": _("starting, SSH answers"),
    "login": _("logged in, waiting for the agent"),
    "ready": _("ready"),
    "resting": _("going to sleep"),
    "trouble": _("in trouble"),
}
_CLIMBING = ("waking", "port", "ssh", "login")
_SHELF_SHOWN = 12


def state(name: str, view: TowerView | None) -> str:
    """One line: where on the ladder the tower is and since when; in trouble also what to do."""
    if view is None:
        return f"**{name}** {RUNGS['unknown']}"
    line = _(
        "**{name}** {rung} · <t:{since}:R>", name=name, rung=RUNGS.get(view.rung, view.rung), since=int(view.since)
    )
    return f"{line}\n{failures.sentence(view.kind, view.facts)}" if view.kind else line


def coming(name: str, view: TowerView, seconds: float | None) -> str:
    """The same on a card, with how long waking usually takes as far as that is known."""
    usually = (
        _("; it usually takes {seconds:.0f} s to wake", seconds=seconds)
        if seconds is not None and not view.kind
        else ""
    )
    return state(name, view) + usually


def status(
    name: str,
    view: TowerView | None,
    heard: Heard | None,
    models: Sequence[ShelfModel],
    wakes: Sequence[Wake],
    now: Status | None = None,
) -> str:
    """Everything known about one tower; `models` are those of its own shelf, `wakes` the latest first, `now` what it
    answered a moment ago."""
    lines = [state(name, view)]
    if now is not None and now.hold:
        lines.append(failures.sentence(now.hold, {"tower": name, **now.facts}))
    if now is not None and now.notes:
        lines.append(f"{failures.harmless('; '.join(now.notes))}.")
    if heard is not None:
        lines.append(
            _(
                "Agent {agent}, last heard <t:{seen_at}:R>: {machine}",
                agent=heard.agent,
                seen_at=int(heard.seen_at),
                machine=machine(heard.gpus, heard.disk_free),
            )
        )
    if models:
        lines.append(_("On its shelf: {shelf}", shelf=_shelf(models)))
    if over := _over(view, wakes):
        lines.append(_wakes(over))
    return "\n".join(lines)


def machine(gpus: Sequence[Gpu], disk_free: int) -> str:
    """Its cards with their memory, and the free disk."""
    cards = [_("{name} ({total:.0f} GiB)", name=gpu.name, total=gpu.total / 2**30) for gpu in gpus]
    return _(
        "{cards}, {disk_free:.0f} GiB of disk free", cards=", ".join(cards) or _("no card"), disk_free=disk_free / 2**30
    )


def _shelf(models: Sequence[ShelfModel]) -> str:
    names = [
        model.name if model.present else _("{name} (weights missing)", name=model.name)
        for model in models[:_SHELF_SHOWN]
    ]
    rest = len(models) - len(names)
    return ", ".join(names) + (_(" and {rest} more", rest=rest) if rest else "")


def _over(view: TowerView | None, wakes: Sequence[Wake]) -> Sequence[Wake]:
    """Without the attempt that is being made now: it has no seconds yet, like one that failed."""
    climbing = view is not None and view.rung in _CLIMBING
    return wakes[1:] if climbing and wakes and wakes[0].seconds is None else wakes


def _wakes(wakes: Sequence[Wake]) -> str:
    took = [wake.seconds for wake in wakes if wake.seconds is not None]
    if not took:
        failed = _("The last attempt") if len(wakes) == 1 else _("Each of the last {count} attempts", count=len(wakes))
        return _(
            "{failed} to wake it failed; the latest came as far as: {rung}.",
            failed=failed,
            rung=RUNGS.get(wakes[0].rung, wakes[0].rung),
        )
    usual = _("It is usually ready {took:.0f} s after it is asked", took=median(took))
    if len(took) < len(wakes):
        return _("{usual}, {count} of the last {tries} times.", usual=usual, count=len(took), tries=len(wakes))
    return counted("{usual} ({count} wake).", "{usual} ({count} wakes).", len(took), usual=usual)


def none_set_up() -> str:
    return _(
        "No tower is set up yet. Whoever runs the bot adds a `[[tower]]` table to darkroom.toml and starts it again."
    )


def no_such(name: str, names: Sequence[str]) -> str:
    return _(
        "There is no tower called {name}. There is: {names}.", name=failures.harmless(name), names=", ".join(names)
    )


def wished(name: str, want: str) -> str:
    if want == "wake":
        return _("I asked {name} to wake; watch it with `/tower status`.", name=name)
    return _(
        "I asked {name} to sleep; it finishes what it is rendering first. Watch it with `/tower status`.", name=name
    )


def not_allowed(want: str) -> str:
    if want == "wake":
        return _("Only those who administrate the bot can wake a tower. Ask one of them.")
    return _("Only those who administrate the bot can send a tower to sleep. Ask one of them.")
