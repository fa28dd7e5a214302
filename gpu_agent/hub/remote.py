"""Asking the hub: which files a repository holds, how large they are, and whether we may have them.

Whatever goes wrong becomes a HubFault. A token is handed on and never told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from huggingface_hub import (
    HfApi,
    constants,
    get_hf_file_metadata,
    get_token,
    hf_hub_url,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import repo_folder_name

from gpu_agent.hub.fault import HubFault
from gpu_agent.hub.wanted import Wanted, chosen, is_weights, only_pickled

MAIN = constants.DEFAULT_REVISION


@dataclass(frozen=True)
class RemoteFile:
    """One file of a repository; `sha256` is known for those kept as large files."""

    name: str
    bytes: int
    sha256: str = ""


@dataclass(frozen=True)
class Listing:
    """What is wanted of one repository at one commit: all of it, and what the cache lacks."""

    wanted: Wanted
    commit: str
    files: tuple[RemoteFile, ...]
    missing: tuple[RemoteFile, ...]

    @property
    def storage(self) -> Path:
        """Where the hub's cache keeps this repository."""
        return Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=self.wanted.repo, repo_type="model")

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def bytes_missing(self) -> int:
        """What is still to come: files that were begun count for their rest."""
        return sum(max(0, file.bytes - self._begun(file)) for file in self.missing)

    def _begun(self, file: RemoteFile) -> int:
        places = (self.partial(file.sha256), self.storage / "blobs" / file.sha256) if file.sha256 else ()
        return max((place.stat().st_size for place in places if place.is_file()), default=0)

    def partial(self, etag: str) -> Path:
        """Where the beginning of a file waits for its rest."""
        return self.storage / "blobs" / f"{etag}.incomplete"


def login(token: str | None) -> str | None:
    """The token to use: this one, else that of the hub's own login; None asks as anybody."""
    return token or get_token()


def listing(want: Wanted, token: str | None) -> Listing:
    """What the hub has of `want` and the cache lacks. Raises HubFault, also where we may see the names but not have
    the files, so that nobody learns that after hours."""
    with asking(want.repo):
        info = HfApi(token=token).model_info(want.repo, revision=want.revision or MAIN, files_metadata=True)
        found = {file.rfilename: file for file in info.siblings or ()}
        names = chosen(want, found)
        _refuse_unfit(want, tuple(found), names)
        files = tuple(
            RemoteFile(name, found[name].size or 0, str(lfs["sha256"]) if (lfs := found[name].lfs) else "")
            for name in names
        )
        commit = str(info.sha)
        missing = tuple(file for file in files if not _cached(want.repo, file.name, commit))
        if missing:
            get_hf_file_metadata(hf_hub_url(want.repo, missing[0].name, revision=commit), token=token)
    return Listing(want, commit, files, missing)


@contextmanager
def asking(repo: str) -> Iterator[None]:
    """Everything that can happen between us and the hub, told as a HubFault."""
    try:
        yield
    except GatedRepoError as error:
        raise HubFault("hub-gated", {"repo": repo, "page": f"{constants.ENDPOINT}/{repo}"}) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise HubFault("hub-repo", {"repo": repo}) from error
    except RevisionNotFoundError as error:
        raise HubFault("hub-revision", {"repo": repo}) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        kind = "hub-token" if status == httpx2.codes.UNAUTHORIZED else "hub-answer"
        raise HubFault(kind, {"repo": repo, "status": status}) from error
    except (httpx2.HTTPError, OfflineModeIsEnabled, LocalEntryNotFoundError) as error:
        raise HubFault("hub-away", {"repo": repo, "hub": constants.ENDPOINT, "fault": _reason(error)}) from error
    except OSError as error:
        kind, fault = ("disk-fault", error.strerror) if error.errno else ("hub-away", str(error))
        raise HubFault(kind, {"repo": repo, "hub": constants.ENDPOINT, "fault": fault}) from error


def _reason(error: Exception) -> str:
    """The client wraps a lost connection in pages of advice; the first error says what happened."""
    first: BaseException = error
    while isinstance(first, LocalEntryNotFoundError) and first.__cause__ is not None:
        first = first.__cause__
    return str(first) or type(first).__name__


def _cached(repo: str, name: str, commit: str) -> bool:
    return isinstance(try_to_load_from_cache(repo, name, revision=commit), str)


def _refuse_unfit(want: Wanted, held: tuple[str, ...], names: tuple[str, ...]) -> None:
    """A repository without what was hoped for is refused before anything is fetched from it."""
    pickled = only_pickled(names, held) if want.weighs else ""
    if pickled:
        raise HubFault("hub-pickled", {"repo": want.repo, "file": pickled})
    if not names or (want.weighs and not any(is_weights(name) for name in names)):
        raise HubFault("hub-lacks", {"repo": want.repo, "what": want.what})
