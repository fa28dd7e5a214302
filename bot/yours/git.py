"""The export's folder as a git repository: one commit of what changed, by the command line that people know."""

import asyncio
import os
from pathlib import Path

from bot.errors import GitRefused

_PATIENCE = 120.0  # seconds; a hook of the person's own may push
_OURS = ":(glob)*.json"  # the files of this folder, not those below it
_NOBODY = ("-c", "user.name=Darkroom", "-c", "user.email=darkroom@localhost")


async def commit(folder: Path, message: str) -> bool:
    """What differs from the last commit is committed, also what an earlier attempt left; False when nothing does.

    A folder that is in no repository becomes one. Whatever else is staged there stays so. Raises GitRefused.
    """
    if (await _git(folder, "rev-parse", "--is-inside-work-tree"))[0]:
        await _must(folder, "init", "-q")
    changed = await _must(folder, "status", "--porcelain", "--", _OURS)
    if not changed.strip():
        return False
    known = (await _git(folder, "config", "user.email"))[0] == 0
    await _must(folder, "add", "-A", "--", _OURS)
    await _must(folder, *(() if known else _NOBODY), "commit", "-q", "-m", message, "--", _OURS)
    return True


async def _must(folder: Path, *words: str) -> str:
    status, said = await _git(folder, *words)
    if status:
        last = said.strip().splitlines()[-1:] or [f"exit status {status}"]
        raise GitRefused(folder=str(folder), fault=f"git {' '.join(words[:1])}: {last[0]}")
    return said


async def _git(folder: Path, *words: str) -> tuple[int, str]:
    """Its exit status and all it said; it can ask nobody anything."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        process = await asyncio.create_subprocess_exec(
            "git",
            *words,
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        raise GitRefused(folder=str(folder), fault=f"git cannot be started: {error.strerror}") from error
    try:
        said, _ = await asyncio.wait_for(process.communicate(), _PATIENCE)
    except TimeoutError as error:
        raise GitRefused(folder=str(folder), fault=f"git {words[0]} did not end") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said.decode(errors="replace")
