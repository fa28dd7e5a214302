"""What is said around asking for several pictures at once, and for styles, and how forms are labelled."""

from collections.abc import Mapping, Sequence

from bot.nouns import Ask, Group, Job, Preset
from bot.texts.answers import learned, pictures, seeds
from bot.texts.failures import harmless
from bot.texts.tongue import _

_LABELS_SHOWN = 12
_LABEL_SHOWN = 60  # characters
_WORDS_SHOWN = 300
_STYLES_SHOWN = 100  # characters of each in the list

_KINDS = {
    Group.SEEDS: "",
    Group.PROMPTS: _(" from one prompt"),
    Group.COMPARE: _(" to compare"),
    Group.GRID: _(" in a grid"),
}
_VOTE = _("Vote with the reactions under each picture.")
_PRESET = _("Save the best one's settings with `/style save` and the link of its message.")

EDIT_TITLE = _("Ask for it otherwise")
EDIT_PROMPT = _("Prompt")
EDIT_NEGATIVE = _("What shall not be seen")
EDIT_SLUG = _("Slug")
EDIT_SEED = _("Seed (empty: any)")
NOT_COMMERCIAL = _(", not for commercial use")
NOT_ON_A_TOWER = _(", not on a tower yet")
NONE_HERE = _("none is here")
FAR_TOO_MANY = _("far too many")
NO_OWN_STYLES = _("Nobody saved one yet: `/style save` does.")


def accepted(jobs: Sequence[Job], names: Mapping[str, str], group: Group) -> str:
    """What was accepted; `names` are the models' by their ids."""
    first = jobs[0]
    line = _(
        "Accepted {pictures} of **{slug}**{kinds}: {settings}.",
        pictures=pictures(len(jobs)),
        slug=first.slug,
        kinds=_KINDS[group],
        settings=_settings(jobs, names),
    )
    lines = [_("{line} The card below shows progress.", line=line), *_cells([job.label for job in jobs])]
    if group in (Group.COMPARE, Group.GRID):
        lines.append(_VOTE if group is Group.COMPARE else f"{_VOTE} {_PRESET}")
    return "\n".join([*lines, *learned(first)])


def confirm(asks: Sequence[Ask], count: int) -> str:
    """What is asked before many pictures are."""
    return "\n".join([_("This makes {pictures}:", pictures=pictures(count)), *_cells([ask.label for ask in asks])])


def render(count: int) -> str:
    """A button's label."""
    return _("Render {pictures}", pictures=pictures(count))


def saved(preset: Preset) -> str:
    return _(
        "Saved the style **{name}**: {described}. Everybody can ask with it: `style:{name}`.",
        name=preset.name,
        described=_described(preset),
    )


def removed(name: str) -> str:
    return _("Removed the style **{name}**. Pictures in it can still be asked for again.", name=name)


def styles(own: Sequence[Preset], shipped: Sequence[Preset]) -> str:
    """What may be asked with."""
    lines = [_("**Styles of this server**"), *([_line(one) for one in own] or [NO_OWN_STYLES])]
    return "\n".join([*lines, _("**Styles that come with Darkroom**"), *(_line(one) for one in shipped)])


def style(preset: Preset) -> str:
    """All of one."""
    by = _("comes with Darkroom") if preset.person is None else _("saved by <@{person}>", person=preset.person)
    lines = [f"**{preset.name}**, {by}", _("words: {prompt}", prompt=_quoted(preset.prompt))]
    lines += (
        [_("left out, where the model heeds it: {negative}", negative=_quoted(preset.negative))]
        if preset.negative
        else []
    )
    if settings := _of_preset(preset):
        lines.append(_("settings, where you give none: {settings}", settings=settings))
    if preset.model is not None:
        lines.append(_("With another model, only its words are used."))
    return "\n".join(lines)


def _settings(jobs: Sequence[Job], names: Mapping[str, str]) -> str:
    """What all of them share as it is, and of the rest how many there are."""
    models = list(dict.fromkeys(harmless(names.get(job.model, job.model)) for job in jobs))
    sizes = list(dict.fromkeys(f"{job.width}×{job.height}" for job in jobs))
    kinds = list({job.seed: job for job in jobs}.values())
    return ", ".join(
        [*models, _(" and ").join(sizes) if len(sizes) < 3 else _("{count} sizes", count=len(sizes)), seeds(kinds)]
    )


def _cells(labels: Sequence[str]) -> list[str]:
    shown = [harmless(_cut(label, _LABEL_SHOWN)) for label in dict.fromkeys(labels) if label]
    rest = [_("… and {count} more", count=len(shown) - _LABELS_SHOWN)] if len(shown) > _LABELS_SHOWN else []
    return [f"• {label}" for label in [*shown[:_LABELS_SHOWN], *rest]]


def _line(preset: Preset) -> str:
    return f"• **{preset.name}**: {_described(preset)}"


def _described(preset: Preset) -> str:
    words = harmless(_cut(preset.prompt, _STYLES_SHOWN))
    return ", ".join(filter(None, (f"“{words}”", _of_preset(preset))))


def _of_preset(preset: Preset) -> str:
    size = f"{preset.width}×{preset.height}" if preset.width else ""
    steps = "" if preset.steps is None else _("{steps} steps", steps=preset.steps)
    guidance = "" if preset.guidance is None else _("guidance {guidance:g}", guidance=preset.guidance)
    loras = ", ".join(f"{harmless(lora.id)}:{lora.weight:g}" for lora in preset.loras)
    return ", ".join(filter(None, (harmless(preset.model or ""), size, steps, guidance, loras)))


def _quoted(text: str) -> str:
    return f"“{harmless(_cut(text, _WORDS_SHOWN))}”"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def usual(guidance: float) -> str:
    """With which guidance a model heeds a negative prompt."""
    return _("its usual is {guidance:g}", guidance=guidance) if guidance > 1 else _("2, for example")
