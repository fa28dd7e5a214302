"""An export's folder as a git repository: one commit of what changed, by the command line that people know."""

import asyncio
import os
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from bot.errors import GitRefused

_PATIENCE = 120.0  # seconds; a hook of the person's own may push
_OURS = ":(glob)*.json"  # the files of this folder, not those below it
_ADDRESS = re.compile(r"://[^/@\s]*@")  # the name and password in an address are not for anybody's eyes
_NOBODY = ("-c", "user.name=Darkroom", "-c", "user.email=darkroom@localhost")


async def commit(folder: Path, message: str, names: Collection[str] | None = None) -> bool:
    """What differs from the last commit is committed, also what an earlier attempt left; False when nothing does.

    Only the files of these names in the folder, or its JSON files without them, are taken along; whatever else is
    staged there stays so. A folder that is in no repository becomes one. Raises GitRefused.
    """
    if (await _git(folder, "rev-parse", "--is-inside-work-tree"))[0]:
        await _must(folder, "init", "-q")
    changed = [_OURS] if names is None else await _changed(folder, names)
    if not changed or not (await _must(folder, "status", "--porcelain", "--", _OURS if names is None else ".")).strip():
        return False
    known = (await _git(folder, "config", "user.email"))[0] == 0
    await _of_these(folder, changed, "add", "-A")
    await _of_these(folder, changed, *(() if known else _NOBODY), "commit", "-q", "-m", message)
    return True


async def pull(folder: Path) -> None:
    """What is new there, as far as it can be had without merging. Raises GitRefused."""
    await _must(folder, "pull", "--ff-only", "--quiet")


async def _changed(folder: Path, names: Collection[str]) -> list[str]:
    """Those of these names, as pathspecs, that differ from the last commit."""
    above = (await _must(folder, "rev-parse", "--show-prefix")).rstrip("\n")
    told = await _must(folder, "status", "--porcelain", "-z", "--no-renames", "-uall", "--", ".")
    found = (one[3:].removeprefix(above) for one in told.split("\0") if one)
    return [f":(literal){name}" for name in found if name in names]


async def _of_these(folder: Path, pathspecs: Sequence[str], *words: str) -> None:
    """The names come by stdin: thousands of them are too much for a command line."""
    by_stdin = ("--pathspec-from-file=-", "--pathspec-file-nul")
    await _must(folder, *words, *by_stdin, told="\0".join(pathspecs))


async def _must(folder: Path, *words: str, told: str = "") -> str:
    status, said = await _git(folder, *words, told=told)
    if status:
        last = said.strip().splitlines()[-1:] or [f"exit status {status}"]
        raise GitRefused(folder=str(folder), fault=_ADDRESS.sub("://", f"git {' '.join(words[:1])}: {last[0]}"))
    return said


async def _git(folder: Path, *words: str, told: str = "") -> tuple[int, str]:
    """Its exit status and what it answered, or, when it refused, all it said; it can ask nobody anything."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            "git",
            *words,
            cwd=folder,
            env=environment,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,  # without a terminal of its own ssh has nobody to ask
        )
    except OSError as error:
        raise GitRefused(folder=str(folder), fault=f"git cannot be started: {error.strerror}") from error
    try:
        said, wrong = await asyncio.wait_for(process.communicate(told.encode()), _PATIENCE)
    except TimeoutError as error:
        raise GitRefused(folder=str(folder), fault=f"git {words[0]} did not end") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    status = process.returncode or 0
    return status, (said + wrong if status else said).decode(errors="surrogateescape")
