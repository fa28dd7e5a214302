"""What keeps `gpu-agent fetch` from fetching: each is a sentence, a status, and leaves what was there."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from huggingface_hub import constants
from typer.testing import CliRunner

from gpu_agent.cli.fetch import fetch
from gpu_agent.hub import download
from tests.agent.hub.fetching import CUT, FILES, WEIGHTS, begun, present, run
from tests.agent.hub.standin import TOKEN, Hub


def test_a_gated_repository_names_its_page_and_takes_a_token(served: Hub, tmp_path: Path) -> None:
    """Before anything is fetched; with the token of the settings' file it works, and no other host sees that."""
    served.repos["someone/model"].gated = True
    refused = run(tmp_path)
    assert refused.exit_code == 1
    assert f"Accept them at {served.url}/someone/model, then log in with: hf auth login" in refused.stderr
    assert not list(tmp_path.rglob("*.incomplete"))
    token = tmp_path / "hub-token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    settings = tmp_path / "gpu-agent.toml"
    settings.write_text('[models]\ntoken_file = "hub-token"\n')
    served.asked.clear()
    allowed = run(tmp_path, "--config", str(settings))
    assert (allowed.exit_code, present(tmp_path)) == (0, True)
    own = {each.authorization for each in served.asked if not each.path.startswith("/cdn/")}
    assert own == {f"Bearer {TOKEN}"}
    assert {each.authorization for each in served.asked if each.path.startswith("/cdn/")} == {""}
    assert TOKEN not in allowed.output


def test_the_hubs_own_login_is_used(served: Hub, tmp_path: Path) -> None:
    """Whoever said `hf auth login` need not write the token down again."""
    served.repos["someone/model"].gated = True
    (tmp_path / "nobody").write_text(TOKEN)
    assert run(tmp_path).exit_code == 0


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"repo": "someone/else"}, "There is no repository someone/else, or not for you."),
        ({"revision": "v9"}, "someone/model has no such revision."),
        ({"files": ["transformer/*"]}, "someone/model does not hold the files of Tiny."),
        ({"repo": None, "folder": "here"}, "come from"),
        ({"repo": None, "package": "engine/tiny/weights"}, "there is nothing to fetch."),
    ],
)
def test_what_cannot_be_fetched_is_said(served: Hub, tmp_path: Path, entry: dict[str, Any], words: str) -> None:
    """One sentence each, and nothing on the disk."""
    told = run(tmp_path, **entry)
    assert told.exit_code == 1
    assert words in told.stderr
    assert told.stderr.count("\n") == 1
    assert not list((tmp_path / "hub").rglob("*.safetensors"))


def test_mishaps_of_the_hub_are_said(served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token it does not know, an answer of its own trouble, no answer at all, and a user who stays offline."""
    (tmp_path / "nobody").write_text("hf_wrong")
    assert "does not accept your token" in run(tmp_path).stderr
    (tmp_path / "nobody").unlink()
    served.down = 418
    assert "(it says 418)" in run(tmp_path).stderr
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    assert "The hub cannot be reached at http://127.0.0.1:9" in run(tmp_path).stderr
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "cannot be reached" in run(tmp_path).stderr


def test_a_part_that_is_only_there_as_a_pickle_is_refused_by_name(served: Hub, tmp_path: Path) -> None:
    """Before a byte of it is fetched."""
    files = served.repos["someone/model"].files
    files["vae/diffusion_pytorch_model.bin"] = files.pop("vae/diffusion_pytorch_model.safetensors")
    told = run(tmp_path)
    assert told.exit_code == 1
    assert "keeps weights as a pickle (vae/diffusion_pytorch_model.bin)" in told.stderr
    assert not [each for each in served.asked if "/resolve/" in each.path]


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is missing, by the hub's own listing: what is here already needs no room."""
    total = sum(len(data) for data in FILES.values())
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=total - 1))
    told = run(tmp_path)
    assert told.exit_code == 1
    assert told.stderr.startswith("7.8 MB are still to be fetched, and the disk of")
    assert not served.fetched(WEIGHTS)
    partial = begun(tmp_path)
    partial.parent.mkdir(parents=True)
    partial.write_bytes(FILES[WEIGHTS][:CUT])
    assert run(tmp_path).exit_code == 0


def test_a_disk_that_fills_up_is_a_sentence(served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program may have taken the room meanwhile; what was fetched stays."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download, "_append", full)
    told = run(tmp_path)
    assert (told.exit_code, told.stderr.split(".")[0]) == (
        1,
        "The files of someone/model cannot be written (No space left on device)",
    )


def test_the_weights_drive_has_to_be_mounted(served: Hub, tmp_path: Path) -> None:
    """Else the weights would fill the folder that the drive is mounted over."""
    settings = tmp_path / "gpu-agent.toml"
    settings.write_text('[models]\nguard_path = "drive/.mounted"\n')
    assert "The weights drive is not mounted" in run(tmp_path, "--config", str(settings)).stderr
    assert not served.asked


def test_an_unknown_model_is_told_with_those_there_are(tmp_path: Path) -> None:
    """Without asking the hub."""
    app = typer.Typer()
    app.command()(fetch)
    told = CliRunner().invoke(app, ["flux"])
    assert told.exit_code == 1
    assert json.dumps("flux") in told.stderr
    assert "flux-schnell, flux-dev" in told.stderr
