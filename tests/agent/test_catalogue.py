"""The catalogue: the shipped file, a user's file, and files that are refused."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from gpu_agent import catalogue
from gpu_agent.catalogue import CatalogueError
from tests.agent.tiny_models import DEMO, models_file

ROOT = Path(__file__).parents[2]


def test_the_shipped_model_is_pinned_file_by_file() -> None:
    """Every file of the shipped weights, and no other, has its digest in the catalogue."""
    files = {file.relative_to(DEMO).as_posix(): file.read_bytes() for file in DEMO.rglob("*") if file.is_file()}
    assert catalogue.load()["demo"].sha256 == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_a_users_file_adds_and_replaces(tmp_path: Path) -> None:
    """A new id comes after the shipped ones; a known id takes the place of the shipped one."""
    own = models_file(tmp_path, {"id": "mine", "folder": "here"}, {"id": "demo", "name": "Other", "repo": "a/b"})
    known = catalogue.load(own)
    assert [model.id for model in known] == [*(model.id for model in catalogue.load()), "mine"]
    assert (known["demo"].name, "mine" in known, "his" in known) == ("Other", True, False)


def test_a_folder_is_found_from_the_file_and_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative folder starts where the file lies, `~` is the home, an absolute one stays."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    entries = [{"id": str(n), "folder": place} for n, place in enumerate(("near", "~/far", tmp_path / "exact"))]
    folders = [model.folder for model in catalogue.load(models_file(tmp_path, *entries))][-3:]
    assert folders == [tmp_path / "near", tmp_path / "home/far", tmp_path / "exact"]


@pytest.mark.parametrize(
    ("change", "field", "fault"),
    [
        ({"colour": "red"}, "colour", "extra inputs are not permitted"),
        ({"name": None}, "name", "field required"),
        ({"steps": 0}, "steps", "input should be greater than or equal to 1"),
        ({"guidance": -1.0}, "guidance", "input should be greater than or equal to 0"),
        ({"pipeline": "os.system"}, "pipeline", "string should match pattern"),
        ({"repo": "../../etc"}, "repo", "string should match pattern"),
        ({"folder": None, "package": "../.."}, "package", "must be a folder inside gpu_agent"),
        ({"folder": None}, "", "needs exactly one of package, folder and repo"),
        ({"repo": "a/b"}, "", "needs exactly one of package, folder and repo"),
        ({"width": 60}, "", "the default side 60 is not a multiple of 8 between 32 and 128"),
        ({"height": 256}, "", "the default side 256 is not a multiple of 8 between 32 and 128"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, change: dict[str, object], field: str, fault: str) -> None:
    """The sentence names file, model and field, and says what to do."""
    file = models_file(tmp_path, {"folder": "here", **change})
    with pytest.raises(CatalogueError) as caught:
        catalogue.load(file)
    assert (caught.value.file, caught.value.model, caught.value.field) == (str(file), "tiny", field)
    assert fault in str(caught.value)
    assert str(caught.value).endswith(". Correct the file and start again.")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"[[model]\n", "is not TOML"),
        (b"\xff", "is not TOML"),
        (b"x = " + b"[" * 100_000, "is not TOML"),
        (b"[[modell]]\n", "may hold [[model]] tables and nothing else"),
        (b"model = 3\n", "may hold [[model]] tables and nothing else"),
        (b"model = [3]\n", "may hold [[model]] tables and nothing else"),
        (b"[[model]]\nid = 7\n", 'model "number 1", field "id"'),
    ],
)
def test_a_file_that_is_no_models_file_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    """Not TOML, not text, nested without end, or TOML about something else: one sentence each."""
    file = tmp_path / "models.toml"
    file.write_bytes(content)
    with pytest.raises(CatalogueError) as caught:
        catalogue.load(file)
    assert fault in str(caught.value)


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    """Within one file nobody could tell which of the two was meant."""
    with pytest.raises(CatalogueError, match=r'model "tiny", field "id": is there twice'):
        catalogue.load(models_file(tmp_path, {"folder": "a"}, {"folder": "b"}))


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x"])
def test_a_digest_of_a_file_outside_is_refused(tmp_path: Path, name: str) -> None:
    """Digests are of files inside the model's folder only."""
    file = models_file(tmp_path, {"folder": "here"})
    file.write_text(file.read_text() + f"[model.sha256]\n'{name}' = '{'0' * 64}'\n")
    with pytest.raises(CatalogueError, match="is not a file inside the model's folder"):
        catalogue.load(file)


def test_nothing_outside_the_engine_imports_torch() -> None:
    """Every module of gpu_agent outside `engine`, the worker too, is imported without torch and diffusers."""
    package = ROOT / "gpu_agent"
    files = [file.relative_to(ROOT) for file in package.rglob("*.py") if package / "engine" not in file.parents]
    names = [".".join(file.with_suffix("").parts) for file in files if file.stem not in ("__init__", "__main__")]
    assert "gpu_agent.worker" in names
    code = f"import sys, {', '.join(names)}; print(*{{'torch', 'diffusers', 'transformers'}} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.strip() == ""
