"""An evening in the channel, in the order in which it happens; each scene leaves the next one what it made."""

from typing import Any

from playwright.async_api import expect

from bot.clock import new_id
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message
from bot.ledger import notices, people
from bot.nouns import Expected, Job, Notice, NoticeKind, RotaEntry, Verdict
from bot.people.permits import Kind, What
from bot.texts import announcements
from tests.chat import groups
from tests.chat.people import until
from tests.chat.stage import eventually
from tests.pictures.atelier import Atelier
from tests.pictures.camera import Camera

BATCH = (
    ("harbour", "a yellow boat on the sea at sunset"),
    ("forest", "a green tree in the forest"),
    (
        "moonrise",
        "a white moon above the hills at night",
    ),
)


async def setting_up(house: Atelier, camera: Camera) -> None:
    """The first page of the setup, and what somebody reads who may not ask afterwards."""
    role = int(house.stage.standin.make_role("Artists"))
    house.rung("asleep")
    world = house.stage.standin.world
    channel = world.channel(house.stage.channel)
    world.overwrite(channel, world.bot.id, deny=int(Permission.ADD_REACTIONS))
    page = await house.run("setup")
    await camera.messages("setup", [page])
    for _ in range(6):
        before = page.edited_at
        await house.stage.standin.member("ada").click(page.id, _labelled(page, "Next"))
        await until(lambda before=before: page.edited_at != before)  # type: ignore[misc]
    await camera.messages("setup-permissions", [page])
    world.overwrite(channel, world.bot.id)
    async with house.stage.db.transaction() as connection:
        await people.permit(connection, What.ASK, Kind.ROLE, [role])
    await camera.messages("denial", [await house.run("imagine", "grace", prompt="a red star")], "grace")
    async with house.stage.db.transaction() as connection:
        await people.permit(connection, What.ASK, Kind.ROLE, [])


def _labelled(page: Message, label: str) -> str:
    found = [one for row in page.components for one in row["components"] if one.get("label") == label]
    return str(found[0]["custom_id"])


async def nightly(house: Atelier, camera: Camera) -> None:
    """What the rota says; the pictures that follow teach the bot how long they take."""
    clock, channel = house.stage.clock, int(house.stage.channel)
    entry = RotaEntry(new_id(clock), "nightly", "daily 02:00", "0 2 * * *", "UTC", "", 0, 0, channel, clock.now(), None)
    words = announcements.starting(entry, Expected(len(BATCH), wakes=True), None, 0)
    await camera.messages("announcement", [await _announced(house, words)])
    house.rung("ready")
    for number, (slug, prompt) in enumerate(BATCH):
        (job,) = await house.stage.ask(prompt, slug=slug, seed=number)
        await house.render(job)


async def _announced(house: Atelier, text: str) -> Message:
    clock = house.stage.clock
    notice = Notice(new_id(clock), NoticeKind.ANNOUNCEMENT, int(house.stage.channel), clock.now(), text=text)
    async with house.stage.db.transaction() as connection:
        await notices.make_due(connection, notice)

    await until(lambda: any(text in str(one.embeds) for one in house.stage.said()))
    return house.stage.said()[-1]


async def waiting(house: Atelier, camera: Camera) -> tuple[list[Job], list[Message]]:
    """Accepted; in line while the tower wakes; one done, one running with its preview, one in line."""
    house.rung("waking")
    options: dict[str, Any] = {"prompt": "a red boat on the sea at sunset", "slug": "boat", "seed": 3, "count": 3}
    answer = await house.run("imagine", **options)
    jobs = await house.waiting()
    card = await house.stage.card(jobs[0])
    await camera.messages("accepted", [answer])
    await camera.messages("waking", [card])
    house.rung("ready")
    posts = [await house.render(jobs[0])]
    running = await house.stage.start(jobs[1])
    drawn = await house.drawn(running, pause=0.15)
    progress, preview = [one for one in house.frames if one[1]][-1]
    house.stage.board.progress(progress, preview)
    await until(lambda: bool(card.attachments) and "probably" in str(card.embeds))
    await camera.messages("waiting", [card])
    await house.file(running, drawn)
    posts += [await house.stage.message(lambda: house.stage.end_of(running)), await house.render(jobs[2])]
    return jobs, posts


async def judging(house: Atelier, camera: Camera, jobs: list[Job], posts: list[Message]) -> None:
    """A picture with people's verdicts, the sheet of its group, a form, and what a reason does to the next picture."""
    ada, grace = (house.stage.standin.member(who) for who in ("ada", "grace"))
    await until(lambda: len(posts[0].reactions) == 3)
    ada.react(posts[0].id, "✅")
    grace.react(posts[0].id, "✅")
    await camera.messages("picture", [posts[0]])
    await camera.messages("contact-sheet", [await groups.sheet(house.stage, jobs)])
    form = await ada.click(posts[2].id, f"why:{jobs[2].id}")
    await house.answer(await ada.submit(form.interaction_id, {"reason": "at night"}))
    again = await house.run("imagine", prompt="a red boat on the sea", slug="boat", seed=3)
    post = await house.render((await house.waiting())[0])
    await camera.messages("learned", [again])
    await camera.messages("why", [await house.press(post, "origin:")])


async def changing(house: Atelier, camera: Camera, jobs: list[Job], posts: list[Message]) -> None:
    """The form behind Edit; a variation in the slug's thread, and the current version once it is kept."""
    ada, page = house.stage.standin.member("ada"), camera.pages["ada"]
    shown = page.locator(f'.message[data-id="{posts[0].id}"]')
    await shown.get_by_role("button", name="Edit", exact=True).click()
    form = page.get_by_role("dialog").filter(has_text="Ask for it otherwise")
    await expect(form).to_be_visible()
    await camera.node("edit", form)
    await page.keyboard.press("Escape")
    await shown.click(button="right", position={"x": 300, "y": 20})
    await camera.node("menu", page.get_by_role("menu", name="Message menu"))
    await page.keyboard.press("Escape")
    await house.press(posts[0], "vary:")
    child = await house.render((await house.waiting())[0])
    await until(lambda: len(child.reactions) == 3)
    await page.locator(f'[data-channel="{child.channel_id}"]').first.click()
    history = [one for one in house.stage.standin.world.history(child.channel_id) if not one.addressee]
    await camera.messages("thread", history)
    ada.react(child.id, "✅")
    await page.get_by_role("button", name="← #darkroom").click()
    version = await eventually(lambda: _version(house), bool)
    await camera.messages("current-version", [version])


async def _version(house: Atelier) -> Message | None:
    return next((one for one in house.stage.said() if "Current version" in str(one.embeds)), None)


async def grouping(house: Atelier, camera: Camera) -> None:
    """Two models side by side with votes; many pictures are asked about first, and become a grid."""
    await house.run(
        "compare", prompt="a blue house in the hills", first="demo", second="demo-sketch", seed=11, slug="house"
    )
    jobs = await house.waiting()
    for job in jobs:
        await house.render(job)
    sheet = await groups.sheet(house.stage, jobs)
    await groups.choose(house.stage, sheet, Verdict.KEEP, [jobs[0]])
    await groups.choose(house.stage, sheet, Verdict.KEEP, [jobs[0]], "grace")
    await until(lambda: "2 keep" in str(sheet.embeds))
    await camera.messages("comparison", [sheet])
    options: dict[str, Any] = {"across": "guidance: 1, 2, 4", "down": "steps: 6, 20", "seed": 5, "slug": "desert"}
    question = await house.run("grid", prompt="a purple house in the desert", **options)
    await camera.messages("confirm", [question])
    await house.click(question, "confirm:")
    jobs = await eventually(house.waiting, bool)
    for job in jobs:
        await house.render(job)
    await camera.messages("grid", [await groups.sheet(house.stage, jobs)])


async def ending(house: Atelier, camera: Camera) -> None:
    """The gallery; a picture that failed; one that goes."""
    await camera.messages("gallery", [await house.run("gallery")])
    (job,) = await house.stage.ask("a purple flower", slug="flower", seed=2)
    await house.stage.fail(job, "out-of-memory", model="demo", width=256, height=256)
    await camera.messages("failure", [await house.stage.message(lambda: house.stage.end_of(job))])
    (job,) = await house.stage.ask("a black cat", slug="cat", seed=4, who="grace")
    post = await house.render(job)
    standin = house.stage.standin
    standin.make_role("Keepers", Permission.MANAGE_MESSAGES, "ada")
    question = await house.press(post, "delete:")
    await camera.messages("delete", [question])
    said = len(house.stage.said())
    await house.click(question, "remove:")
    await until(lambda: "moderator" in str(house.stage.said()[-1].embeds) and len(house.stage.said()) <= said)
    await camera.messages("deleted", [house.stage.said()[-1]])


async def play(house: Atelier, camera: Camera) -> None:
    """Everything, once."""
    await setting_up(house, camera)
    await nightly(house, camera)
    jobs, posts = await waiting(house, camera)
    await judging(house, camera, jobs, posts)
    await changing(house, camera, jobs, posts)
    await grouping(house, camera)
    await ending(house, camera)
