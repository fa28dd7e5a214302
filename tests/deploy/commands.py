"""The command lines that pages, units and scripts name, held against what the programs say of themselves."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from typer.testing import CliRunner

from bot.__main__ import app
from gpu_agent.__main__ import command_line

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
PROGRAMS = {"darkroom": app, "gpu-agent": command_line()}

# A name after `-u ` is a user and not the program.
_COMMAND = re.compile(r"(?<!-u )(?<![\w.-])(darkroom|gpu-agent)((?: [a-z]+)+)((?: [^\s`|;&]+)*)")


@dataclass(frozen=True)
class Command:
    """`gpu-agent serve --spool …`: the program, its verbs, and the options that were given."""

    program: str
    verbs: tuple[str, ...]
    options: frozenset[str]


def commands(text: str) -> set[Command]:
    """Every command line of ours in this text, each on one line."""
    found = set()
    for line in text.splitlines():
        for program, verbs, rest in _COMMAND.findall(line):
            found.add(Command(program, tuple(verbs.split()), frozenset(re.findall(r"--[a-z-]+", rest))))
    return found


@cache
def options(program: str, verbs: tuple[str, ...]) -> frozenset[str]:
    """The options that this command says it has; asking fails when there is no such command."""
    wide = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    told = CliRunner().invoke(PROGRAMS[program], [*verbs, "--help"], env=wide)
    assert told.exit_code == 0, f"there is no `{program} {' '.join(verbs)}`: {told.output}"
    return frozenset(re.findall(r"--[a-z-]+", told.stdout))


def assert_they_exist(found: set[Command]) -> None:
    for command in found:
        lacking = command.options - options(command.program, command.verbs)
        assert not lacking, f"{command} names {sorted(lacking)}, which it does not have"
