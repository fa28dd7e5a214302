"""What Babel finds to translate in this folder: what is given to `_` and `counted`, and the tables of sentences.

Tables are looked up by a kind when a sentence is needed, so that it is the table that has to be read here.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import IO

TABLES = ("_SENTENCES", "_ABSENT", "_GENERAL", "OF_PEOPLE", "OF_FILES", "OF_YOURS", "UNCLEAR")
_VERBS = {"_": 1, "counted": 2}
"""How many texts each of them takes."""

Message = tuple[int, str, str | tuple[str, ...], list[str]]
"""Line, the verb as Babel knows it, the text or its two forms, and comments, of which there are none."""


def extract(
    file: IO[bytes], keywords: Mapping[str, object], comment_tags: object, options: Mapping[str, object]
) -> Iterator[Message]:
    """Babel's way to ask for the texts of one file; it says more than is needed here."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _VERBS:
            texts = tuple(text for one in node.args[: _VERBS[node.func.id]] for text in _texts(one))
            if len(texts) == _VERBS[node.func.id]:
                yield node.lineno, "gettext" if len(texts) == 1 else "ngettext", _alone(texts), []
        elif isinstance(node, ast.Assign) and any(getattr(one, "id", "") in TABLES for one in node.targets):
            for text in _texts(node.value):
                yield node.lineno, "gettext", text, []


def _texts(node: ast.AST) -> Iterator[str]:
    """The literal itself, or the values of a table."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _texts(value)
    elif isinstance(node, ast.BinOp):
        yield from _texts(node.left)
        yield from _texts(node.right)


def _alone(texts: tuple[str, ...]) -> str | tuple[str, ...]:
    return texts[0] if len(texts) == 1 else texts
