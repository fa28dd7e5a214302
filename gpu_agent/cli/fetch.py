"""`gpu-agent fetch`: a model's weights, from the Hugging Face hub onto this machine."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from gpu_agent import shelf
from gpu_agent.catalogue import Model
from gpu_agent.cli.models import ConfigFile, ModelsFile, read_settings, read_stock
from gpu_agent.cli.sentences import sentence
from gpu_agent.config import Config, ConfigError, hub_token
from gpu_agent.hub.fault import HubFault
from gpu_agent.hub.wanted import Wanted, wanted
from gpu_agent.value import Facts

if TYPE_CHECKING:
    from gpu_agent.hub.remote import Listing

INTERRUPTED = 130  # what shells say of a command that was stopped with Ctrl-C


def fetch(
    model: Annotated[str, typer.Argument(help="Id of a model; see `gpu-agent models`.")],
    extras: Annotated[
        str, typer.Option("--with", help="Its ControlNets and its IP-Adapter too: canny,depth,pose,reference.")
    ] = "",
    config: ConfigFile = None,
    models: ModelsFile = None,
) -> None:
    """Fetch a model's weights from the hub; run it again to go on with what was interrupted."""
    settings = read_settings(config, models)
    known = read_stock(settings).catalogue
    if model not in known:
        _refuse("unknown-model", {"model": model, "known": ", ".join(each.id for each in known)})
    if not shelf.mounted(settings):
        _refuse("fetch-drive", {"guard": str(settings.models.guard_path)})
    try:
        wants = wanted(known[model], [extra for name in extras.split(",") if (extra := name.strip())])
        _fetch(known[model], wants, _token(settings))
    except HubFault as fault:
        _refuse(fault.kind, fault.facts)
    except KeyboardInterrupt:
        typer.echo("Stopped. What has arrived is kept: the same command goes on from there.", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _fetch(model: Model, wants: Sequence[Wanted], token: str | None) -> None:
    """The hub's client comes in only here: a wrong name is refused at once."""
    if not wants:
        _refuse("fetch-own", {"model": model.id, "where": str(shelf.folder(model) or model.file)})
    try:
        from gpu_agent.hub import download, remote
    except ImportError as error:
        _refuse("engine-missing", {"fault": str(error)})
    token = remote.login(token)
    listings = [remote.listing(want, token) for want in wants]
    download.refuse_full_disk(listings)
    for listing in listings:
        typer.echo(_told(listing))
    with _bars() as bars:
        task = bars.add_task("", total=sum(listing.bytes_missing for listing in listings))
        for listing in listings:
            download.download(
                listing, token, lambda name, arrived: bars.update(task, advance=arrived, description=name)
            )
    typer.echo(f"{model.name} is here.")


def _told(listing: "Listing") -> str:
    here, want = listing.bytes - listing.bytes_missing, listing.wanted
    kept = f", {decimal(here)} of them are here" if here else ""
    terms = f" ({want.terms})" if want.terms else ""
    return f"{want.what}{terms}, from {want.repo}: {len(listing.files)} files, {decimal(listing.bytes)}{kept}"


def _bars() -> Progress:
    """What goes to a file or another program gets no bars."""
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    named = TextColumn("{task.description}")
    return Progress(named, *columns, console=console, transient=True, disable=not console.is_terminal)


def _token(settings: Config) -> str | None:
    try:
        return hub_token(settings)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _refuse(kind: str, facts: Facts) -> NoReturn:
    typer.echo(sentence(kind, facts), err=True)
    raise typer.Exit(1)
