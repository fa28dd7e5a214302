"""What happens at the same time on the page: a press and a change, two answers to one question."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, Page, Route, expect

from bot.demo.discord.server import StandIn
from tests.demo.page.world import ask, messages

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def stop_time(page: Page) -> None:
    """What the page waits for does not come by itself, however slow the machine."""
    await page.clock.install()
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))


async def pressed_while_it_changes(page: Page, standin: StandIn) -> Locator:
    """Ada's finger is down on ✅ when Grace reacts with it, too: the page has heard of it and shows it not yet."""
    post = await ask(page)
    await stop_time(page)
    await post.get_by_role("button", name="✅: 1").hover()
    await page.mouse.down()
    grace = standin.member("grace")
    posted = next(one for one in grace.messages(standin.channel()) if one.listed)
    grace.react(posted.id, "✅")
    await heard(page, standin, "heard")
    await expect(post.get_by_role("button", name="✅: 1")).to_be_visible()
    return post


async def heard(page: Page, standin: StandIn, words: str) -> None:
    """Everything that was told before has reached the page."""
    standin.member("grace").post(standin.channel(), words)
    await expect(messages(page, words)).to_have_count(1)


async def test_a_press_is_whole_whatever_changes_meanwhile(page: Page, standin: StandIn) -> None:
    """Somebody reacts while Ada's finger is down on the same button: both count, and neither is lost."""
    post = await pressed_while_it_changes(page, standin)
    await page.mouse.up()
    await page.clock.run_for(10)
    await expect(post.get_by_role("button", name="✅: 3")).to_be_visible()


async def test_who_holds_a_press_for_long_sees_what_happens(page: Page, standin: StandIn) -> None:
    """A pointer that went down and never comes up holds nothing up for good."""
    post = await pressed_while_it_changes(page, standin)
    await page.clock.run_for(1500)
    await expect(post.get_by_role("button", name="✅: 2")).to_be_visible()
    await page.mouse.up()


class Slow:
    """The first answer about the world is written at once and comes when it is `told`."""

    def __init__(self) -> None:
        self.written, self.told, self.answered = asyncio.Event(), asyncio.Event(), asyncio.Semaphore(0)

    async def __call__(self, route: Route) -> None:
        first = not self.written.is_set()
        answer = await route.fetch()
        self.written.set()
        if first:
            await self.told.wait()
        await route.fulfill(response=answer)
        self.answered.release()

    async def overtaken(self) -> bool:
        """Whether a later question is answered before the first: a page that asks one after another never lets it come
        to that, and any other one asks at once."""
        try:
            async with asyncio.timeout(1):
                return await self.answered.acquire()
        except TimeoutError:
            return False


async def begun(page: Page, standin: StandIn) -> tuple[Slow, str]:
    """Grace begins a thread, and the page asks about it; the thread's id."""
    grace, slow = standin.member("grace"), Slow()
    origin = grace.post(standin.channel(), "a fox at dusk")
    await page.route("**/member/world*", slow.__call__)
    thread = grace.start_thread(standin.channel(), "foxes", origin.id).id
    await slow.written.wait()
    return slow, thread


async def test_what_is_said_while_the_page_asks_is_counted(page: Page, standin: StandIn) -> None:
    """An answer that was written before somebody wrote in a thread, and comes after it, takes nothing back."""
    slow, thread = await begun(page, standin)
    standin.member("grace").post(thread, "one")
    await heard(page, standin, "heard")
    slow.told.set()
    await expect(messages(page, "a fox at dusk").locator(".thread-line")).to_contain_text("foxes1 message")


async def test_of_two_answers_the_later_one_is_shown(page: Page, standin: StandIn) -> None:
    """What the page asked first may be answered last, when it is no longer true."""
    slow, thread = await begun(page, standin)
    standin.member("grace").change_thread(thread, archived=True)
    await heard(page, standin, "heard")
    overtaken = await slow.overtaken()
    slow.told.set()
    for _ in range(1 if overtaken else 2):
        await slow.answered.acquire()
    await heard(page, standin, "both heard")
    await expect(messages(page, "a fox at dusk").locator(".thread-line")).to_contain_text("put away")
