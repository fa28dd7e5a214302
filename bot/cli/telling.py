"""What goes wrong in a command becomes a sentence, and the exit status 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.errors import DarkroomError, ReviewsUnfit
from bot.texts import ledger as texts
from bot.texts import yours
from bot.texts.failures import plain_sentences

_SHOWN = 20


@contextmanager
def told() -> Iterator[None]:
    """Around what a command does."""
    try:
        yield
    except ReviewsUnfit as error:
        typer.echo(_faults(error), err=True)
        raise typer.Exit(1) from error
    except DarkroomError as error:
        typer.echo(plain_sentences(error), err=True)
        raise typer.Exit(1) from error
    except FileExistsError as error:
        typer.echo(texts.there_already(str(error.filename)), err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(texts.cannot_be_written(str(error.filename), str(error.strerror)), err=True)
        raise typer.Exit(1) from error


def _faults(error: ReviewsUnfit) -> str:
    """A line for each of the first, and what to do."""
    lines = [yours.fault(*one) for one in error.found[:_SHOWN]]
    lines += [yours.further(len(error.found) - _SHOWN)] if len(error.found) > _SHOWN else []
    return "\n".join([*lines, plain_sentences(error)])
