"""Promises about the whole tree: who may import whom, one library one room, sizes, and names."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for room in ("bot", "gpu_agent") for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

VALUES = {"gpu_agent.value", "gpu_agent.order", "gpu_agent.stock"}
WIRE = VALUES | {"gpu_agent.wire"}
LOOKS = {f"gpu_agent.{room}" for room in ("header", "kinds", "lora_kinds", "folders", "naming")}

# The first prefix that fits a module decides what it may import of ours (besides its own room).
MAY_IMPORT = {
    "gpu_agent.value": set(),
    "gpu_agent.order": VALUES,
    "gpu_agent.stock": VALUES,
    "gpu_agent.wire": VALUES,
    "gpu_agent.frames": WIRE,
    "gpu_agent.planner": VALUES,
    "gpu_agent.cards": VALUES,
    "gpu_agent.measured": VALUES | {"gpu_agent.planner"},
    "gpu_agent.estimate": VALUES | {"gpu_agent.planner", "gpu_agent.cards"},
    "gpu_agent.placing": VALUES | {"gpu_agent.planner", "gpu_agent.cards", "gpu_agent.estimate", "gpu_agent.measured"},
    "gpu_agent.entry": VALUES,
    "gpu_agent.catalogue": VALUES | {"gpu_agent.entry"},
    "gpu_agent.config": set(),
    "gpu_agent.naming": set(),
    "gpu_agent.folders": set(),
    "gpu_agent.gguf_header": set(),
    "gpu_agent.header": {"gpu_agent.gguf_header", "gpu_agent.value"},
    "gpu_agent.kinds": {"gpu_agent.header", "gpu_agent.gguf_header"},
    "gpu_agent.lora_kinds": {"gpu_agent.header", "gpu_agent.kinds", "gpu_agent.naming"},
    "gpu_agent.looking": LOOKS | {"gpu_agent.value"},
    "gpu_agent.found": LOOKS | VALUES | {"gpu_agent.catalogue", "gpu_agent.looking"},
    "gpu_agent.presence": {"gpu_agent.header", "gpu_agent.catalogue"},
    "gpu_agent.shelf": VALUES
    | {"gpu_agent.catalogue", "gpu_agent.config", "gpu_agent.found", "gpu_agent.looking", "gpu_agent.presence"},
    "gpu_agent.hub": VALUES | {"gpu_agent.catalogue", "gpu_agent.config", "gpu_agent.shelf"},
    "gpu_agent.attach": WIRE | {"gpu_agent.frames"},
    "gpu_agent.spool": WIRE,
    "gpu_agent.engine": WIRE
    | {"gpu_agent.catalogue", "gpu_agent.shelf", "gpu_agent.planner", "gpu_agent.placing", "gpu_agent.config"}
    | {"gpu_agent.measured", "gpu_agent.cards", "gpu_agent.estimate", "gpu_agent.gpu"},
    "gpu_agent": {"gpu_agent"},
    "bot.decided": {"bot.judged"},
    "bot.judged": set(),
    "bot.proven": set(),
    "bot.timed": VALUES,
    "bot.batched": set(),
    "bot.asked": VALUES | {"bot.routed"},
    "bot.routed": VALUES | {"bot.judged"},
    "bot.heard": VALUES,
    "bot.nouns": WIRE
    | {"bot.heard", "bot.asked", "bot.judged", "bot.routed", "bot.decided", "bot.proven", "bot.timed", "bot.batched"},
    "bot.errors": WIRE,
    "bot.clock": set(),
    "bot.board": WIRE,
    "bot.settings": {"bot.errors", "bot.nouns"},
    "bot.texts": {"bot.errors", "bot.nouns", "bot.board", "bot.accounts"} | WIRE,
    "bot.turn": {"bot.nouns"},
    "bot.moments": {"bot.nouns"},
    "bot.taste": {"bot.nouns"},
    "bot.routing": {"bot.nouns"},
    "bot.evidence": {"bot.nouns"},
    "bot.people": {"bot.nouns", "bot.errors", "bot.settings"},
    "bot.accounts": {"bot.settings"},
    "bot.ledger": {"bot.nouns", "bot.clock", "bot.errors", "bot.people"} | WIRE,
    "bot.review": {"bot.nouns", "bot.errors"},
    "bot.intake": {"bot.nouns", "bot.errors", "bot.clock", "bot.settings", "bot.ledger", "bot.taste", "bot.moments"}
    | {"bot.people", "bot.routing"}
    | WIRE
    | {"gpu_agent.catalogue", "gpu_agent.planner", "gpu_agent.placing"},
    "bot.yours": {"bot.nouns", "bot.errors", "bot.clock", "bot.settings", "bot.ledger", "bot.intake", "bot.review"}
    | {"bot.moments"}
    | WIRE,
    "bot.watched": {"bot.nouns", "bot.errors", "bot.clock", "bot.settings", "bot.ledger", "bot.intake", "bot.review"}
    | {"bot.people", "bot.texts", "bot.yours"}
    | WIRE,
    "bot.chat": {"bot.nouns", "bot.errors", "bot.texts", "bot.clock", "bot.board", "bot.ledger", "bot.intake"}
    | {"bot.taste", "bot.review", "bot.settings", "bot.turn", "bot.people", "bot.routing", "bot.yours", "bot.evidence"}
    | {"bot.accounts"}
    | WIRE,
    "bot.dispatch": {"bot.nouns", "bot.errors", "bot.clock", "bot.board", "bot.ledger", "bot.turn", "bot.review"}
    | {"bot.settings", "gpu_agent.frames"}
    | WIRE,
    "bot.schedule": {"bot.nouns", "bot.moments", "bot.errors", "bot.clock", "bot.ledger", "bot.intake", "bot.texts"}
    | {"bot.people", "bot.accounts", "bot.settings"},
    "bot.demo": {"bot", "gpu_agent"},
    "bot": WIRE | {"bot", "gpu_agent.frames", "gpu_agent.catalogue", "gpu_agent.planner", "gpu_agent.placing"},
}
ONLY_FOR_THE_TOP = {"bot.demo": ("bot.cli", "bot.__main__", "bot.demo"), "bot.cli": ("bot.__main__", "bot.cli")}

ONE_ROOM = {
    "torch": ("gpu_agent.engine",),
    "diffusers": ("gpu_agent.engine",),
    "transformers": ("gpu_agent.engine",),
    "accelerate": ("gpu_agent.engine",),
    "safetensors": ("gpu_agent.engine",),
    "numpy": ("bot.evidence", "gpu_agent.engine"),
    "scipy": ("bot.evidence",),
    "aiosqlite": ("bot.ledger",),
    "sqlite3": ("bot.ledger",),
    "discord": ("bot.chat",),
    "asyncssh": ("bot.dispatch", "bot.demo"),
    "wakeonlan": ("bot.dispatch",),
    "cronsim": ("bot.moments",),
    "yaml": ("bot.intake",),
    "peft": ("gpu_agent.engine",),
    "av": ("gpu_agent.engine",),
    "cv2": ("gpu_agent.engine",),
    "gguf": ("gpu_agent.engine",),
    "huggingface_hub": ("gpu_agent.presence", "gpu_agent.hub"),
    "jinja2": ("bot.review",),
    "PIL": ("bot.review", "bot.demo", "gpu_agent.engine"),
    "aiohttp": ("bot.chat", "bot.demo"),
    "time": ("bot.clock", "bot.demo", "gpu_agent"),
}
FORBIDDEN = ("utils", "util", "misc", "manager", "service", "common", "base", "helpers")


def module(path: Path) -> str:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


def inside(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every imported module with its line; `from a import b` names both a and a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield str(node.module), node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function, nested ones too, with its length in lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def room_of(name: str) -> str:
    return max((room for room in MAY_IMPORT if inside(name, room)), key=len)


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_a_room_imports_only_what_its_wall_lets_through(path: Path) -> None:
    """Rooms meet in the ledger, not in each other's code."""
    me = module(path)
    room = room_of(me)
    allowed = MAY_IMPORT[room] | {room}
    for name, line in imports(path):
        if inside(name, "bot") or inside(name, "gpu_agent"):
            if name in ("bot", "gpu_agent"):
                continue
            fits = any(inside(name, other) or inside(other, name) for other in allowed)
            assert fits, f"{path.relative_to(ROOT)}:{line}: {room} must not import {name}"
        for shy, readers in ONLY_FOR_THE_TOP.items():
            if inside(name, shy):
                assert any(inside(me, reader) for reader in readers), (
                    f"{path}:{line}: nothing imports {shy} but the top"
                )


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_one_library_has_one_room(path: Path) -> None:
    """Whoever wants another library's work asks the room that owns it."""
    me = module(path)
    for name, line in imports(path):
        for library, rooms in ONE_ROOM.items():
            if inside(name, library):
                assert any(inside(me, room) for room in rooms), (
                    f"{path.relative_to(ROOT)}:{line}: {library} is not for {me}"
                )


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=module)
def test_files_and_functions_stay_short(path: Path) -> None:
    """No file above 300 lines, no function above 40."""
    assert lines(path) <= 300, f"{path.relative_to(ROOT)} has {lines(path)} lines"
    long = [(name, length) for name, length in functions(path) if length > 40]
    assert not long, f"{path.relative_to(ROOT)}: {long}"


def test_the_tree_is_evenly_short() -> None:
    """The median file has about 100 lines, the median function at most 10."""
    files = [lines(path) for path in SOURCES if path.name != "__init__.py"]
    assert median(files) <= 130
    assert median(length for path in SOURCES for _, length in functions(path)) <= 10


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_no_drawer_names_and_no_code_in_package_files(path: Path) -> None:
    """A file or class named for a drawer collects everything; an __init__ with code hides it."""
    assert path.stem not in FORBIDDEN
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node.name.lower() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert not [name for name in classes if name.endswith(("manager", "service", "utils"))]
    if path.name == "__init__.py":
        assert len(tree.body) == 1, f"{path} holds code"
        assert ast.get_docstring(tree), f"{path} has no docstring"


def test_importing_the_bot_or_the_agent_never_imports_torch() -> None:
    """A Raspberry Pi runs the bot, and the daemon stays small; `engine` pays for torch, and a child for statistics."""
    heavy = ("gpu_agent.engine", "bot.evidence.sequence", "bot.evidence.figures")
    names = [module(path) for path in SOURCES if not any(inside(module(path), room) for room in heavy)]
    names = [name for name in names if not name.endswith("__main__")]
    code = f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
    code += "print(sorted({'torch', 'diffusers', 'transformers', 'numpy', 'scipy'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_nothing_tracked_names_this_machine_or_a_registry() -> None:
    """The project speaks of itself alone."""
    pattern = "(^|[^a-zA-Z0-9_.])/(w[o]rk|f[a]rm)/|p[y]pi\\.org|pythonh[o]sted|registry\\.np[m]js"
    found = subprocess.run(["git", "grep", "-nIE", pattern], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout == ""
