"""One case for each thing people can set off. Whoever adds a command, button, menu or form adds its case here."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

from bot.demo.discord.call import Upload
from bot.demo.discord.values import Message, Outcome
from tests.chat import sweep_batches, sweep_found, sweep_offering, sweep_review
from tests.chat.people import batch_file
from tests.chat.sweep import Case, Deed, Scene
from tests.yours import elsewhere

_NUMBERS = count()
_FILE = [{"slug": "hero", "prompt": "a fox"}]


def typed(command: str, /, **options: Any) -> Any:
    """A command with these options; "PICTURE" is the id of a posted one's job."""

    async def begin(scene: Scene, who: str) -> Deed:
        given = dict(options)
        if "PICTURE" in given.values():
            job, _ = await scene.picture()
            given = {key: job.id if value == "PICTURE" else value for key, value in given.items()}
        if "PERSON" in given.values():
            given = {key: scene.member("grace").id if value == "PERSON" else value for key, value in given.items()}
        return partial(scene.member(who).run, scene.stage.channel, command, given)

    return begin


async def _page(scene: Scene, who: str, command: str, /, **options: Any) -> Message:
    """The private answer to a command that comes before."""
    outcome = await scene.member(who).run(scene.stage.channel, command, options)
    await scene.told(outcome)
    return scene.standin.world.messages[outcome.message_id or ""]


def after(first: str, given: Mapping[str, Any], then: str, **options: Any) -> Any:
    """A command of Ada's that comes before this one."""

    async def begin(scene: Scene, who: str) -> Deed:
        await _page(scene, "ada", first, **given)
        return partial(scene.member(who).run, scene.stage.channel, then, options)

    return begin


def on_page(command: str, custom_id: str, values: Sequence[str] = (), **options: Any) -> Any:
    """A component of the page that a command of this person's brings; its id begins so, "SELF" being the person."""

    async def begin(scene: Scene, who: str) -> Deed:
        scene.promote(who)
        page = await _page(scene, who, command, **options)
        wanted = custom_id.replace("SELF", scene.member(who).id)
        found = next((str(one) for one in _ids(page.components) if str(one).startswith(wanted)), wanted)
        if found == wanted and wanted not in _ids(page.components):
            return partial(_forged, scene, who, page, wanted, values)
        return partial(scene.member(who).click, page.id, found, values)

    return begin


def _ids(components: Sequence[Any]) -> list[str]:
    return [str(one.get("custom_id")) for row in components for one in row["components"]]


def pressed(verb: str) -> Any:
    """A button of a picture's."""

    async def begin(scene: Scene, who: str) -> Deed:
        job, message = await scene.picture()
        custom_id = f"{verb}:{job.id}"
        if custom_id in str(message.components):
            return partial(scene.member(who).click, message.id, custom_id)
        # Not every picture shows every button; pressed all the same, it has to be answered.
        return partial(_forged, scene, who, message, custom_id)

    return begin


async def _forged(scene: Scene, who: str, message: Message, custom_id: str, values: Sequence[str] = ()) -> Outcome:
    before = message.components
    button = {"type": 2, "id": 2, "style": 2, "label": "x", "custom_id": custom_id}
    message.components = [{"type": 1, "id": 1, "components": [button]}]
    try:
        return await scene.member(who).click(message.id, custom_id, values)
    finally:
        message.components = before


def removed() -> Any:
    """Delete asks whether it is meant; this is the button that means it."""

    async def begin(scene: Scene, who: str) -> Deed:
        scene.promote(who)
        job, message = await scene.picture(fresh=True)
        asked = await scene.member(who).click(message.id, f"delete:{job.id}")
        await scene.told(asked)
        return partial(scene.member(who).click, asked.message_id or "", f"remove:{job.id}")

    return begin


def pasted() -> Any:
    """The button under verdicts that this person pasted."""

    async def begin(scene: Scene, who: str) -> Deed:
        scene.promote(who)
        job, _ = await scene.picture()
        page = await _page(scene, who, "review paste", file=_lines(f"{job.id}: keep"))
        return partial(scene.member(who).click, page.id, _ids(page.components)[0])

    return begin


def brought() -> Any:
    """A picture that was never brought before: the same one comes once."""

    async def begin(scene: Scene, who: str) -> Deed:
        upload = Upload("owl.png", "image/png", elsewhere.png(number=str(next(_NUMBERS))))
        return partial(scene.member(who).run, scene.stage.channel, "review import", {"file": upload})

    return begin


def _lines(text: str) -> Upload:
    return Upload("verdicts.txt", "text/plain", text.encode())


def turned(way: str) -> Any:
    """A page of the gallery; with one page alone its button is off, and pressed all the same."""

    async def begin(scene: Scene, who: str) -> Deed:
        await scene.picture()
        page = await _page(scene, who, "gallery")
        found = next(one for one in _ids(page.components) if f":{way}:" in one)
        return partial(_forged, scene, who, page, found)

    return begin


def used(name: str) -> Any:
    """A command of the menu of a picture's message."""

    async def begin(scene: Scene, who: str) -> Deed:
        _, message = await scene.picture()
        return partial(scene.member(who).use, message.id, name)

    return begin


def filled(opener: Any, values: Mapping[str, Any]) -> Any:
    """The form that the opener shows, sent."""

    async def begin(scene: Scene, who: str) -> Deed:
        opened = await (await opener(scene, who))()
        assert opened.state == "modal", opened
        return partial(scene.member(who).submit, opened.interaction_id, values)

    return begin


def on_card(verb: str) -> Any:
    """Cancel or Stop of a card of Ada's."""

    async def begin(scene: Scene, who: str) -> Deed:
        job, card = await scene.waiting(running=verb == "stop")
        return partial(_forged, scene, who, card, f"{verb}:{job.ask}")

    return begin


def on_sheet(verb: str) -> Any:
    """A menu or button of a contact sheet."""

    async def begin(scene: Scene, who: str) -> Deed:
        sheet = await scene.sheet()
        found = next((one for one in _ids(sheet.components) if one.startswith(f"sheet-{verb}:")), None)
        if found is None:
            (some,) = [one for one in _ids(sheet.components) if one.startswith("sheet-clear:")]
            return partial(_forged, scene, who, sheet, some.replace("clear", verb))
        menu = next(one for row in sheet.components for one in row["components"] if one["custom_id"] == found)
        values = [option["value"] for option in menu.get("options", ())][:1]
        return partial(scene.member(who).click, sheet.id, found, values)

    return begin


ASKING = {
    "/review import": brought(),
    "/imagine": typed("imagine", prompt="a fox", count=2),
    "/compare": typed("compare", prompt="a fox", first="demo", second="turbo"),
    "/grid": typed("grid", prompt="a fox", across="seed: 1, 2"),
    "/remix": typed("remix", picture="PICTURE", prompt="an owl"),
    "/upscale": typed("upscale", picture="PICTURE"),
    "/animate": typed("animate", picture="PICTURE"),
    **sweep_offering.ASKING,
    **sweep_review.ASKING,
    "Ask again": used("Ask again"),
    "again:…": pressed("again"),
    "vary:…": pressed("vary"),
    "upscale:…": pressed("upscale"),
    "animate:…": pressed("animate"),
    "confirm:…": on_page("imagine", "confirm:", prompt="a {red,green,blue} {fox,owl,hare} at {dawn,night}"),
    "form Edit": filled(pressed("edit"), {"prompt": "an owl", "slug": "owl"}),
    "form Look": filled(pressed("use"), {"prompt": "an owl"}),
    "form Remix": filled(used("Remix this"), {"prompt": "an owl", "strength": "0.5"}),
}
FORMS = {
    **sweep_review.FORMS,
    "edit:…": pressed("edit"),
    "use:…": pressed("use"),
    "why:…": pressed("why"),
    "Remix this": used("Remix this"),
    "Give a reason": used("Give a reason"),
}
_MOOD = {"words": "flat", "name": "Mood", "positive": "full of life"}
KEEPING = {
    **sweep_offering.KEEPING,
    **sweep_review.KEEPING,
    "/schedule add": typed("schedule add", what="batch", file=batch_file(_FILE), when="daily 02:00"),
    "schedule:…": on_page("schedule add", "schedule:", what="digest", when="weekdays 07:30"),
    "/review paste": typed("review paste", file=_lines("owl: keep")),
    "pasted:…": pasted(),
    "form Lines": filled(typed("review paste"), {"lines": "owl: keep"}),
    "/taste promote": typed("taste promote", words="soulless", reason="colour"),
    "/taste demote": after("taste promote", {"words": "dry", "reason": "colour"}, "taste demote", words="dry"),
    "form NewReason": filled(typed("taste promote", words="flat"), _MOOD),
    "/setup": typed("setup"),
    "/block": typed("block", person="PERSON"),
    "/unblock": typed("unblock", person="PERSON"),
    "/blocked": typed("blocked"),
    "/tower wake": typed("tower wake"),
    "/tower sleep": typed("tower sleep"),
    "/cue add": typed("cue add", phrase="sharp focus", scope="everything"),
    "/route accept": typed("route accept", archetype="portrait", model="turbo"),
    "/route drop": typed("route drop", archetype="portrait"),
    **{f"route:{does}:…": on_page("cue list", f"route:{does}:1") for does in ("accept", "leave")},
    "retire:…": on_page("taste reasons", "retire:slug:fox:0"),
    "setup:go:…": on_page("setup", "setup:go:"),
    **{
        f"setup:{what}:{kind}": on_page("setup", f"setup:{what}:{kind}")
        for what, kind in (("ask", "channel"), ("ask", "role"), ("review", "channel"), ("review", "role"))
    },
    "setup:administrate:role": on_page("setup", "setup:administrate:role"),
    "delete:…": pressed("delete"),
    "remove:…": removed(),
    "cancel:…": on_card("cancel"),
    "stop:…": on_card("stop"),
    "/style remove": after("style save", {"name": "wash", "prompt": "ink"}, "style remove", name="wash"),
    **{f"sheet-{verb}:…:…": on_sheet(verb) for verb in ("keep", "reject")},
}
LOOKING = {
    **{f"/{name}": typed(name) for name in ("queue", "gallery", "mine", "privacy delete", "privacy export")},
    **{f"/{name}": typed(name) for name in ("cue list", "schedule list", "style list", "taste reasons")},
    **{f"/{name}": typed(name) for name in ("taste unfiled", "taste report", "tower status", "stats")},
    "/cue accept": typed("cue accept", cue="none"),
    "/cue mute": typed("cue mute", cue="none"),
    "/cue retire": typed("cue retire", cue="none"),
    "/cue unmute": typed("cue unmute", cue="none"),
    "/route list": typed("route list"),
    "/route propose": typed("route propose", archetype="portrait"),
    **{
        f"/schedule {verb}": typed(f"schedule {verb}", entry="none")
        for verb in ("pause", "resume", "remove", "run-now")
    },
    "/show": typed("show", what="PICTURE"),
    "/style save": typed("style save", name="ink2", prompt="ink wash"),
    "/style show": typed("style show", name="photo"),
    "/why": typed("why", picture="PICTURE"),
    "Why this picture?": used("Why this picture?"),
    "origin:…": pressed("origin"),
    "original:…": pressed("original"),
    **{f"gallery:…:{way}:…": turned(way) for way in ("older", "newer")},
    # What is one's own, everybody may take back.
    **{f"sheet-{verb}:…:…": on_sheet(verb) for verb in ("clear", "page")},
    "form Reason": filled(pressed("why"), {"reason": "too dark"}),
    # The last one: what is Ada's is gone after it.
    "forget:…": on_page("privacy delete", "forget:SELF"),
}
GROUPS: dict[str, dict[str, Case]] = {
    "asking": {name: Case(begin, renders=True, denied=True) for name, begin in (ASKING | sweep_batches.ASKING).items()},
    "forms": {name: Case(begin, opens=True) for name, begin in FORMS.items()},
    "keeping": {
        name: Case(begin, denied=True)
        for name, begin in (KEEPING | sweep_batches.KEEPING | sweep_found.KEEPING).items()
    },
    "looking": {name: Case(begin) for name, begin in (sweep_batches.LOOKING | sweep_review.LOOKING | LOOKING).items()},
}
