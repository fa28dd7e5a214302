"""The review page of a set: one HTML file that works without a network, and hands out what was judged as lines of text.

Its policy lets it run its own script, and load nothing but its pictures: inside the page, or beside it in the ZIP.
Everything that people wrote comes in as text. Opened anywhere, it gives away no more than it shows.
"""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from bot.review import small

MOST_INSIDE = 400
"""Pictures; a page of more has them beside it."""
_ROOM = 6 * 1024 * 1024  # bytes of all pictures inside a page
_LEAST = 12 * 1024  # bytes of each, of which there is always room
_SHORTEST = 5  # characters of a job's id that tell a slug's pictures apart
_FOLDER = "templates"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to be judged: what was wanted and what was thought of it so far, in words for people.

    `file` is the picture, or what is shown of a clip; None when it is lost. `beside` is its name in the set. `verdict`
    is what counts, empty while it is open; `facts` are lines of a table.
    """

    job: str
    slug: str
    prompt: str
    file: Path | None
    beside: str
    width: int
    height: int
    cues: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    verdict: str = ""
    said: tuple[str, ...] = ()
    cluster: str = ""
    moves: bool = False


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A shot as the template has it; `source` is an address, `subject` how the lines name it."""

    job: str
    slug: str
    subject: str
    prompt: str
    source: str
    width: int
    height: int
    cues: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    verdict: str
    said: tuple[str, ...]
    cluster: str
    moves: bool


def subjects(shots: Sequence[Shot]) -> list[str]:
    """How `/review paste` finds exactly these pictures, whatever was rendered since: slug@end of the job's id."""
    of_slug = defaultdict[str, list[str]](list)
    for one in shots:
        of_slug[one.slug].append(one.job)
    return [f"{one.slug}@{_end(one, of_slug[one.slug])}" for one in shots]


def _end(one: Shot, jobs: Sequence[str]) -> str:
    others = [job for job in jobs if job != one.job]
    lengths = range(_SHORTEST, len(one.job))
    return next((one.job[-n:] for n in lengths if not any(job.endswith(one.job[-n:]) for job in others)), one.job)


def render(
    title: str,
    key: str,
    shots: Sequence[Shot],
    words: Mapping[str, str],
    keys: Sequence[tuple[str, str]],
    reasons: Sequence[str],
    *,
    inside: bool,
) -> bytes:
    """The page. `key` names what it remembers in the browser; `words` are all that it says, `reasons` what may be
    wrong with a picture. Pictures are `inside`, or lie beside it. The same arguments always give the same bytes.

    Takes as long as unpacking all pictures: call it in a thread.
    """
    style, script = _asset("review.css"), _asset("review.js")
    made = _template().render(
        title=title,
        key=key,
        say=SimpleNamespace(**words),
        words=dict(words),
        keys=keys,
        reasons=reasons,
        shots=[_drawn(one, name, inside, len(shots)) for one, name in zip(shots, subjects(shots), strict=True)],
        policy=_policy(style, script, inside=inside),
        style=Markup(style),  # noqa: S704 - our own files, whose digests stand in the policy
        script=Markup(script),  # noqa: S704
    )
    return made.encode()


def _drawn(one: Shot, subject: str, inside: bool, count: int) -> _Drawn:
    source, size = quote(one.beside), (one.width, one.height)
    if one.file is None:
        source = ""
    elif inside and not one.moves:
        source, size = _inside(one.file, max(_LEAST, _ROOM // count)) or ("", size)
    return _Drawn(
        job=one.job,
        slug=one.slug,
        subject=subject,
        prompt=one.prompt,
        source=source,
        width=size[0],
        height=size[1],
        cues=one.cues,
        facts=one.facts,
        verdict=one.verdict,
        said=one.said,
        cluster=one.cluster,
        moves=one.moves and bool(source),
    )


def _inside(file: Path, most: int) -> tuple[str, tuple[int, int]] | None:
    made = small.jpeg(file, most)
    if made is None:
        return None
    return f"data:image/jpeg;base64,{b64encode(made.data).decode()}", (made.width, made.height)


@cache
def _template() -> Template:
    made = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return made.from_string(_asset("review.html"))


@cache
def _asset(name: str) -> str:
    return files("bot.review").joinpath(_FOLDER, name).read_text(encoding="utf-8")


def _policy(style: str, script: str, *, inside: bool) -> str:
    """Only this style and this script, by their digests; pictures from the page itself, or from its own folder."""
    pictures = "data:" if inside else "'self' file: data:"
    rules = {
        "default-src": "'none'",
        "img-src": pictures,
        "media-src": "'self' file:",
        "style-src": _digest(style),
        "script-src": _digest(script),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
