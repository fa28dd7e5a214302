"""Killed without warning: whatever was said to be accepted is there afterwards, whole."""

import random
import signal
import subprocess
import sys
from pathlib import Path

from bot.ledger.database import Database

ACCEPTING = """
import asyncio, pathlib, sys
from bot.clock import SystemClock
from bot.intake.accept import Intake
from bot.ledger.database import Database
from bot.nouns import Ask
from bot.settings import Limits

async def main(path, first):
    async with Database(pathlib.Path(path)) as db:
        intake = Intake(db, SystemClock(), Limits(), ())
        for number in range(int(first), 1_000_000):
            ask = Ask(f"k{number}", "a red boat", 1, 1, 5, count=3, slug=f"boat-{number}")
            for job in await intake.accept(ask):
                print(job.id, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""
ORPHANS = {
    "jobs without an ask": "SELECT count(*) FROM jobs WHERE ask NOT IN (SELECT id FROM asks)",
    "asks without their three jobs": "SELECT count(*) FROM asks WHERE "
    "(SELECT count(*) FROM jobs WHERE ask = asks.id) != 3",
    "asks without a card": "SELECT count(*) FROM asks WHERE id NOT IN (SELECT ask FROM notices)",
}


def accepted_until_killed(path: Path, first: int, lines: int) -> list[str]:
    """The ids a process said it had accepted before it was killed behind so many of them."""
    command = [sys.executable, "-c", ACCEPTING, str(path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    return [line.strip() for line in said if line.endswith("\n")]


async def test_accepted_survives_kill_9(tmp_path: Path) -> None:
    """Ten kills at random moments: every id that was said is in the file, and no ask is there by half."""
    path, chance = tmp_path / "darkroom.db", random.Random(2)
    said: list[str] = []
    for life in range(10):
        said += accepted_until_killed(path, life * 10_000, chance.randint(1, 60))
        async with Database(path) as db, db.reading() as connection:
            stored = {row[0] for row in await connection.execute_fetchall("SELECT id FROM jobs")}
            wrong = {name: next(iter(await connection.execute_fetchall(sql)))[0] for name, sql in ORPHANS.items()}
        assert set(said) <= stored
        assert wrong == dict.fromkeys(ORPHANS, 0)
    assert len(said) >= 10
