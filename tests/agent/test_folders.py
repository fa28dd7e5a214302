"""Which files of other programs' folders are looked at: their layouts, links, walls, and thousands of files."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from gpu_agent import folders
from gpu_agent.folders import Seen, Unseen

OWN = "0b9a5f0e-1c2d-4e5f-8a9b-0123456789ab"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="links and rights of POSIX")
LAYOUTS = {
    "ComfyUI": [
        *("models/checkpoints/xl.safetensors", "models/checkpoints/sub/deeper/a.safetensors"),
        *("models/diffusion_models/flux.safetensors", "models/unet/flux.gguf", "models/loras/l.safetensors"),
        *("models/vae/v.safetensors", "models/text_encoders/t.safetensors", "models/clip/c.gguf"),
        "models/controlnet/n.safetensors",
    ],
    "A1111": [
        *("models/Stable-diffusion/xl.safetensors", "models/Lora/l.safetensors", "models/LyCORIS/k.safetensors"),
        *("models/VAE/v.safetensors", "models/text_encoder/t.safetensors", "models/ControlNet/n.safetensors"),
    ],
    "SwarmUI": ["Models/Stable-Diffusion/a.safetensors", "Models/diffusion_models/b.gguf", "Models/Lora/c.safetensors"],
    "InvokeAI": ["models/sdxl/main/x.safetensors", "models/sd-1/lora/y.safetensors", "models/any/vae/z.safetensors"],
    "InvokeAI of late": [f"models/{OWN}/x.safetensors"],
}
# Beside them, and of no concern to anybody here.
OTHERS = [
    *("models/upscale_models/4x.pth", "models/embeddings/e.pt", "models/loras/l.png", "models/loras/l.civitai.info"),
    *("output/made.safetensors", "custom_nodes/x/models/checkpoints.py", "models/checkpoints/.hidden.safetensors"),
    *("models/checkpoints/._xl.safetensors", "models/checkpoints/put_checkpoints_here", "loose.safetensors"),
    "models/checkpoints/.cache/half.safetensors",
]


def filled(root: Path, names: Iterable[str]) -> None:
    for name in names:
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()


def seen(*roots: Path) -> list[str]:
    """What is seen, by its place below the first root."""
    found = folders.walk(roots)
    return [each.path.relative_to(roots[0]).as_posix() for each in found if isinstance(each, Seen)]


@pytest.mark.parametrize("program", LAYOUTS)
def test_the_folders_of_each_program_are_known(tmp_path: Path, program: str) -> None:
    """All of its files, in order, and none of what lies beside them."""
    filled(tmp_path, [*LAYOUTS[program], *OTHERS])
    assert sorted(seen(tmp_path)) == sorted(LAYOUTS[program])


@pytest.mark.parametrize("program", LAYOUTS)
def test_the_models_folder_may_be_named_itself(tmp_path: Path, program: str) -> None:
    """Instead of the program's; or any one folder of it."""
    filled(tmp_path, [*LAYOUTS[program], *OTHERS])
    models = next(path for path in tmp_path.iterdir() if path.name.casefold() == "models")
    assert len(seen(models)) == len(LAYOUTS[program])


def test_a_single_folder_may_be_named(tmp_path: Path) -> None:
    """Somebody's loras on another drive."""
    filled(tmp_path, LAYOUTS["ComfyUI"])
    assert seen(tmp_path / "models/loras") == ["l.safetensors"]


def test_pickled_and_renamed_files_are_seen_and_others_not(tmp_path: Path) -> None:
    """They get a sentence; a text or a preview needs none."""
    names = ["a.ckpt", "b.pt", "c.PTH", "d.bin", "e.sft", "f.SafeTensors"]
    filled(tmp_path / "checkpoints", [*names, "g.txt", "h.yaml", "i.preview.png", "j.safetensors.part"])
    assert seen(tmp_path) == [f"checkpoints/{name}" for name in names]


def test_a_pipelines_folder_is_one_thing(tmp_path: Path) -> None:
    """Its parts are none by themselves."""
    filled(tmp_path / "checkpoints", ["xl/model_index.json", "xl/unet/u.safetensors", "xl/vae/v.safetensors", "z.gguf"])
    assert seen(tmp_path) == ["checkpoints/xl/model_index.json", "checkpoints/z.gguf"]


def test_only_what_is_drawn_with_is_expected_in_some_folders(tmp_path: Path) -> None:
    """An unknown file among checkpoints is worth a word, one among autoencoders is not."""
    filled(tmp_path, LAYOUTS["ComfyUI"])
    drawing = {each.path.parent.name for each in folders.walk([tmp_path]) if isinstance(each, Seen) and each.drawing}
    assert drawing == {"checkpoints", "deeper", "diffusion_models", "unet", "loras"}


@posix_only
def test_links_are_followed_once_and_never_round(tmp_path: Path) -> None:
    """A folder in itself, two in one another, a file by three names, and a link that leads nowhere."""
    real = tmp_path / "real/checkpoints"
    filled(real, ["a.safetensors", "sub/b.safetensors"])
    (real / "sub/up").symlink_to(real)
    (real / "again.safetensors").symlink_to(real / "a.safetensors")
    os.link(real / "a.safetensors", real / "hard.safetensors")
    (real / "gone.safetensors").symlink_to(tmp_path / "nowhere")
    (real / "self.safetensors").symlink_to(real / "self.safetensors")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/checkpoints").symlink_to(real)
    (tmp_path / "models/unet").symlink_to(real)
    found = list(folders.walk([tmp_path, tmp_path, tmp_path / "models"]))
    assert [each.path.name for each in found] == ["a.safetensors", "b.safetensors"]


def test_a_folder_that_may_not_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the ones beside it are seen. The system's refusal is played, because root would be refused nothing."""
    filled(tmp_path, ["loras/a.safetensors", "unet/b.gguf"])
    plain = os.scandir

    def scandir(place: Path) -> Any:
        if place.name == "loras":
            raise PermissionError(13, "Permission denied", str(place))
        return plain(place)

    monkeypatch.setattr(os, "scandir", scandir)
    found = list(folders.walk([tmp_path]))
    assert found[0] == Unseen(tmp_path / "loras", "Permission denied")
    assert [each.path.name for each in found[1:]] == ["b.gguf"]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    """A drive that is not there, a slip of the pen, a file where a folder should be."""
    filled(tmp_path, ["file"])
    found = list(folders.walk([tmp_path / "gone", tmp_path / "file"]))
    assert [(type(each), each.path.name) for each in found] == [(Unseen, "gone"), (Unseen, "file")]
    assert all(each.fault for each in found if isinstance(each, Unseen))


def test_folders_without_end_are_left_at_some_depth(tmp_path: Path) -> None:
    """Nobody sorts LoRAs by twenty folders in one another."""
    filled(tmp_path / "loras", ["a.safetensors", "/".join(["deep"] * 20) + "/b.safetensors"])
    assert seen(tmp_path) == ["loras/a.safetensors"]
