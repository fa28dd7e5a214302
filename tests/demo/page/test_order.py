"""What happens at the same time on the page: a press and a change, two answers to one question."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, Route, expect

from bot.demo.discord.server import StandIn
from tests.demo.page.world import ask, messages

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def stop_time(page: Page) -> None:
    """What the page waits for does not come by itself, however slow the machine."""
    await page.clock.install()
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))


async def test_a_press_is_whole_whatever_changes_meanwhile(page: Page, standin: StandIn) -> None:
    """Somebody reacts while Ada's finger is down on the same button: both count, and neither is lost."""
    post = await ask(page)
    await stop_time(page)
    await post.get_by_role("button", name="✅: 1").hover()
    await page.mouse.down()
    grace = standin.member("grace")
    posted = next(one for one in grace.messages(standin.channel()) if one.listed)
    grace.react(posted.id, "✅")
    grace.post(standin.channel(), "heard")
    await expect(messages(page, "heard")).to_have_count(1)
    await expect(post.get_by_role("button", name="✅: 1")).to_be_visible()
    await page.mouse.up()
    await page.clock.run_for(10)
    await expect(post.get_by_role("button", name="✅: 3")).to_be_visible()


async def test_who_holds_a_press_for_long_sees_what_happens(page: Page, standin: StandIn) -> None:
    """A pointer that went down and never comes up holds nothing up for good."""
    post = await ask(page)
    await stop_time(page)
    await post.get_by_role("button", name="✅: 1").hover()
    await page.mouse.down()
    grace = standin.member("grace")
    grace.react(next(one for one in grace.messages(standin.channel()) if one.listed).id, "✅")
    grace.post(standin.channel(), "heard")
    await expect(messages(page, "heard")).to_have_count(1)
    await expect(post.get_by_role("button", name="✅: 1")).to_be_visible()
    await page.clock.run_for(1500)
    await expect(post.get_by_role("button", name="✅: 2")).to_be_visible()
    await page.mouse.up()


async def test_what_is_said_while_the_page_asks_is_counted(page: Page, standin: StandIn) -> None:
    """An answer that was written before somebody wrote in a thread, and comes after it, takes nothing back."""
    grace, written, told = standin.member("grace"), asyncio.Event(), asyncio.Event()
    origin = grace.post(standin.channel(), "a fox at dusk")

    async def slow(route: Route) -> None:
        answer = await route.fetch()
        written.set()
        await told.wait()
        await route.fulfill(response=answer)

    await page.route("**/member/world*", slow)
    thread = grace.start_thread(standin.channel(), "foxes", origin.id).id
    await written.wait()
    grace.post(thread, "one")
    grace.post(standin.channel(), "heard")
    await expect(messages(page, "heard")).to_have_count(1)
    told.set()
    await expect(messages(page, "a fox at dusk").locator(".thread-line")).to_contain_text("foxes1 message")


async def test_of_two_answers_the_later_one_is_shown(page: Page, standin: StandIn) -> None:
    """What the page asked first may be answered last, when it is no longer true."""
    answered = asyncio.Semaphore(0)
    grace, written, told = standin.member("grace"), asyncio.Event(), asyncio.Event()
    origin = grace.post(standin.channel(), "a fox at dusk")

    async def slow(route: Route) -> None:
        first = not written.is_set()
        answer = await route.fetch()
        written.set()
        if first:
            await told.wait()
        await route.fulfill(response=answer)
        answered.release()

    await page.route("**/member/world*", slow)
    thread = grace.start_thread(standin.channel(), "foxes", origin.id).id
    await written.wait()
    grace.change_thread(thread, archived=True)
    grace.post(standin.channel(), "heard")
    await expect(messages(page, "heard")).to_have_count(1)
    told.set()
    for _ in range(2):
        await answered.acquire()
    grace.post(standin.channel(), "both heard")
    await expect(messages(page, "both heard")).to_have_count(1)
    await expect(messages(page, "a fox at dusk").locator(".thread-line")).to_contain_text("put away")
