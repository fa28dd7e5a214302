"""What `/tower` answers."""

from collections.abc import Sequence
from statistics import median

from bot.board import TowerView
from bot.nouns import Heard, Wake
from bot.texts import failures
from gpu_agent.stock import Gpu, ShelfModel
from gpu_agent.wire import Status

RUNGS = {
    "unknown": "not looked at yet",
    "asleep": "asleep",
    "waking": "waking up",
    "port": "starting, its SSH port is open",
    "ssh": "starting, SSH answers",
    "login": "logged in, waiting for the agent",
    "ready": "ready",
    "resting": "going to sleep",
    "trouble": "in trouble",
}
_CLIMBING = ("waking", "port", "ssh", "login")
_SHELF_SHOWN = 12


def state(name: str, view: TowerView | None) -> str:
    """One line: where on the ladder the tower is and since when; in trouble also what to do."""
    if view is None:
        return f"**{name}** {RUNGS['unknown']}"
    line = f"**{name}** {RUNGS.get(view.rung, view.rung)} since <t:{int(view.since)}:R>"
    return f"{line}\n{failures.sentence(view.kind, view.facts)}" if view.kind else line


def coming(name: str, view: TowerView, seconds: float | None) -> str:
    """The same on a card, with how long waking usually takes as far as that is known."""
    usually = f"; it usually takes {seconds:.0f} s to wake" if seconds is not None and not view.kind else ""
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
            f"Agent {heard.agent}, last heard <t:{int(heard.seen_at)}:R>: {machine(heard.gpus, heard.disk_free)}"
        )
    if models:
        lines.append(f"On its shelf: {_shelf(models)}")
    if over := _over(view, wakes):
        lines.append(_wakes(over))
    return "\n".join(lines)


def machine(gpus: Sequence[Gpu], disk_free: int) -> str:
    """Its cards with their memory, and the free disk."""
    cards = [f"{gpu.name} ({gpu.total / 2**30:.0f} GiB)" for gpu in gpus]
    return f"{', '.join(cards) or 'no card'}, {disk_free / 2**30:.0f} GiB of disk free"


def _shelf(models: Sequence[ShelfModel]) -> str:
    names = [model.name if model.present else f"{model.name} (weights missing)" for model in models[:_SHELF_SHOWN]]
    rest = len(models) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")


def _over(view: TowerView | None, wakes: Sequence[Wake]) -> Sequence[Wake]:
    """Without the attempt that is being made now: it has no seconds yet, like one that failed."""
    climbing = view is not None and view.rung in _CLIMBING
    return wakes[1:] if climbing and wakes and wakes[0].seconds is None else wakes


def _wakes(wakes: Sequence[Wake]) -> str:
    took = [wake.seconds for wake in wakes if wake.seconds is not None]
    if not took:
        failed = "The last attempt" if len(wakes) == 1 else f"Each of the last {len(wakes)} attempts"
        return f"{failed} to wake it failed; the latest came as far as: {RUNGS.get(wakes[0].rung, wakes[0].rung)}."
    usual = f"It is usually ready {median(took):.0f} s after it is asked"
    if len(took) < len(wakes):
        return f"{usual}, {len(took)} of the last {len(wakes)} times."
    return f"{usual} ({len(took)} {'wake' if len(took) == 1 else 'wakes'})."


def none_set_up() -> str:
    return "No tower is set up yet. Whoever runs the bot adds a `[[tower]]` table to darkroom.toml and starts it again."


def no_such(name: str, names: Sequence[str]) -> str:
    return f"There is no tower called {failures.harmless(name)}. There is: {', '.join(names)}."


def wished(name: str, want: str) -> str:
    if want == "wake":
        return f"I asked {name} to wake; watch it with `/tower status`."
    return f"I asked {name} to sleep; it finishes what it is rendering first. Watch it with `/tower status`."


def not_allowed(want: str) -> str:
    return f"Only those who administrate the bot can send a tower to {want}. Ask one of them."
