"""Getting what is missing into the hub's own cache, so that a cut line or a killed process costs seconds.

The hub's client throws the beginning of a file away when it is interrupted. Weights are files of ten gigabytes, so
their bytes are kept beside the cache's blobs and the next attempt asks for the rest by offset; when a file is whole
and has the digest that the hub told, the client puts it into its place.
"""

import hashlib
import logging
import os
import re
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import httpx2
from filelock import FileLock
from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.file_download import are_symlinks_supported, http_get
from huggingface_hub.utils.tqdm import disable_progress_bars

from gpu_agent.hub.fault import HubFault
from gpu_agent.hub.remote import MAIN, Listing, RemoteFile, asking
from gpu_agent.hub.wanted import is_weights

Told = Callable[[str, int], None]
"""(a file's name, bytes that just arrived); negative where bytes that had arrived do not count after all."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_BLOCK = 8 << 20


def refuse_full_disk(listings: Sequence[Listing]) -> None:
    """Raises HubFault when what is missing of all of them does not fit on the disk of the cache."""
    needed = sum(listing.bytes_missing for listing in listings)
    if needed:
        place = next(parent for parent in listings[0].storage.parents if parent.is_dir())
        free = shutil.disk_usage(place).free
        if needed > free:
            raise HubFault("disk-full", {"needed": needed, "free": free, "folder": str(place)})


def download(listing: Listing, token: str | None, told: Told) -> None:
    """Fetch what is missing. Raises HubFault; what had arrived stays and is not fetched again."""
    disable_progress_bars()  # the caller draws its own, and a line that was cut is told once, as a fault
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    with asking(listing.wanted.repo):
        for file in listing.missing:
            if is_weights(file.name):
                _fetch_weights(listing, file, token, told)
            hf_hub_download(listing.wanted.repo, file.name, revision=listing.commit, token=token)
            if not is_weights(file.name):
                told(file.name, file.bytes)
        _remember(listing)


def _fetch_weights(listing: Listing, file: RemoteFile, token: str | None, told: Told) -> None:
    """Leaves the whole file where the client finds it: as a blob, or on systems without links right in its place."""
    url = hf_hub_url(listing.wanted.repo, file.name, revision=listing.commit)
    etag = str(get_hf_file_metadata(url, token=token).etag)
    blob = listing.storage / "blobs" / etag
    place = listing.storage / "snapshots" / listing.commit / file.name
    lock = listing.storage.parent / ".locks" / listing.storage.name / f"{etag}.lock"
    for folder in (blob.parent, place.parent, lock.parent):
        folder.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):  # the client's own: whoever comes second finds the file
        if not blob.exists() and not place.exists():
            begun = listing.partial(etag)
            _complete(url, begun, file, token, told)
            _check(begun, etag, file)
            os.replace(begun, blob if are_symlinks_supported(listing.storage) else place)


def _complete(url: str, begun: Path, file: RemoteFile, token: str | None, told: Told) -> None:
    """Append what the file lacks. As long as each attempt brings something, a cut line only means to ask again."""
    if begun.exists() and begun.stat().st_size > file.bytes:
        begun.unlink()
    while True:
        with begun.open("ab") as stream:
            kept = stream.tell()
            try:
                _append(url, stream, file, token, told)
            except httpx2.TransportError as error:
                if stream.tell() <= kept:
                    raise HubFault("hub-cut", {"file": file.name, "kept": kept, "fault": str(error)}) from error
            else:
                return


def _append(url: str, stream: BinaryIO, file: RemoteFile, token: str | None, told: Told) -> None:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    bar: Any = partial(_Bar, file.name, told)
    http_get(url, stream, resume_size=stream.tell(), headers=headers, expected_size=file.bytes, tqdm_class=bar)


def _check(begun: Path, etag: str, file: RemoteFile) -> None:
    """The name of a large file's blob is its digest: a file put together from several attempts has to have it."""
    if not _SHA256.fullmatch(etag):
        return
    digest = hashlib.sha256()
    with begun.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != etag:
        begun.unlink()
        raise HubFault("hub-damaged", {"file": file.name})


def _remember(listing: Listing) -> None:
    """Only now does the revision's name lead to this commit: what was here before could be used until the end."""
    revision = listing.wanted.revision or MAIN
    if revision != listing.commit:
        ref = listing.storage / "refs" / revision
        ref.parent.mkdir(parents=True, exist_ok=True)
        fresh = ref.with_name(f"{ref.name}.new")
        fresh.write_text(listing.commit)
        os.replace(fresh, ref)


class _Bar:
    """What the client takes for a progress bar of tqdm's."""

    def __init__(self, name: str, told: Told, **_: object) -> None:
        self._name, self._told = name, told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Nothing was opened."""

    def update(self, arrived: float | None = 1) -> None:
        self._told(self._name, int(arrived or 0))
