"""The agent's settings: what the file says, where it lies, and the sentences of what is wrong with it."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from gpu_agent import config
from gpu_agent.config import Config, ConfigError

EXAMPLE = Path(__file__).parent.parent.parent / "examples/gpu-agent.toml"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights of another kind")


def spelled_out() -> str:
    """The example with every # taken away from its settings."""
    return re.sub(r"(?m)^#(?=[a-z_]+ = )", "", EXAMPLE.read_text(encoding="utf-8"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of the account, and of the place where settings are looked for."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(config, "default_path", lambda: tmp_path / "etc/gpu-agent.toml")
    return tmp_path


def written(place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def test_the_example_as_it_is_changes_nothing() -> None:
    """Who copies it and takes no # away has the defaults."""
    assert config.load(EXAMPLE) == Config()


def test_the_example_names_every_setting_there_is(home: Path) -> None:
    """And all of them load; what was left at its default is the default."""
    loaded = config.load(written(home / "gpu-agent.toml", spelled_out()))
    tables: dict[str, type[BaseModel]] = {
        name: type(getattr(loaded, name))  # each is a table
        for name in Config.model_fields
    }
    named = {name: set(keys) for name, keys in tomllib.loads(spelled_out()).items()}
    assert named == {name: set(table.model_fields) for name, table in tables.items()}
    assert loaded.card == Config().card.model_copy(update={"vram_gb": 8.0})
    assert loaded.checkpoints == Config().checkpoints


def test_paths_are_meant_from_where_the_file_lies(home: Path) -> None:
    """Relative ones move with the file, whole ones stay, and ~ is the account's home."""
    text = (
        '[models]\nfile = "own.toml"\nfolders = ["ComfyUI", "~/webui", "/srv/models"]\nguard_path = "~/drive/.here"\n'
    )
    models = config.load(written(home / "a/b/settings.toml", text)).models
    assert models.file == home / "a/b/own.toml"
    assert models.folders == (home / "a/b/ComfyUI", home / "webui", Path("/srv/models"))
    assert models.guard_path == home / "drive/.here"


def test_a_models_file_named_on_the_command_line_counts_more(home: Path) -> None:
    """It is meant from where the command was given, and the rest of the settings stays."""
    file = written(home / "settings.toml", '[models]\nfile = "own.toml"\nfolders = ["x"]\n')
    models = config.load(file, Path("other.toml")).models
    assert models.file == Path.cwd() / "other.toml"
    assert models.folders == (home / "x",)


def test_settings_are_looked_for_at_their_place(home: Path) -> None:
    """Without a file there, everything has its default; with one, it is read; a file that was named counts more."""
    assert config.load() == Config()
    written(home / "etc/gpu-agent.toml", "[checkpoints]\nseconds = 5\n")
    assert config.load().checkpoints.seconds == 5
    assert config.load(written(home / "other.toml", "")) == Config()


def test_the_place_is_that_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """/etc, and ProgramData on Windows, wherever that lies."""
    monkeypatch.setattr(sys, "platform", "linux")
    assert config.default_path() == Path("/etc/gpu-agent/gpu-agent.toml")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("PROGRAMDATA", "E:/Data")
    assert config.default_path() == Path("E:/Data/gpu-agent/gpu-agent.toml")


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("[models]\nfoldres = []\n", "models.foldres", "slip of the pen"),
        ("[disk]\nfree = 1\n", "disk", "slip of the pen"),
        ("[card]\nvram_gb = 0\n", "card.vram_gb", "greater than 0"),
        ("[card]\nvram_gb = nan\n", "card.vram_gb", "nan"),
        ("[checkpoints]\nseconds = -1\n", "checkpoints.seconds", "-1"),
        ("[models]\nfolders = 'D:/models'\n", "models.folders", "D:/models"),
        ("[models]\nfolders = ['']\n", "models.folders", "empty"),
        ("[models]\nguard_path = ''\n", "models.guard_path", "empty"),
        ("models = 1\n", "models", "1"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(home: Path, text: str, field: str, says: str) -> None:
    """The sentence has the file, the field, what is wrong and what to do."""
    file = written(home / "settings.toml", text)
    with pytest.raises(ConfigError) as caught:
        config.load(file)
    words = str(caught.value)
    assert words.startswith(f'{file}: field "{field}" ')
    assert says in words
    assert words.endswith("Correct the file and start again.")


@pytest.mark.parametrize("content", [b"[models", b"\xff\xfe", b"a = " + b"[" * 100_000], ids=["cut", "bytes", "deep"])
def test_what_is_no_toml_is_told_so(home: Path, content: bytes) -> None:
    """Neither a traceback nor silence."""
    file = home / "settings.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match="is not TOML"):
        config.load(file)


def test_a_file_that_was_named_and_is_not_there_is_an_error(home: Path) -> None:
    """Other than the one that nobody named."""
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(home / "nothing.toml")


def test_what_the_windows_editor_puts_before_the_text_does_no_harm(home: Path) -> None:
    """Notepad writes a byte order mark."""
    file = written(home / "settings.toml", "\ufeff[checkpoints]\nseconds = 7\n")
    assert config.load(file).checkpoints.seconds == 7


@posix_only
@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, False), (0o644, True), (0o602, True)])
def test_a_token_that_others_may_read_is_refused(home: Path, mode: int, refused: bool) -> None:
    """When the settings are read, and again when the token is; the sentence never has the token in it."""
    token = written(home / "hub-token", "hf_secret\n")
    token.chmod(0o600)
    file = written(home / "settings.toml", '[models]\ntoken_file = "hub-token"\n')
    loaded = config.load(file)
    token.chmod(mode)
    if not refused:
        assert config.hub_token(config.load(file)) == "hf_secret"
        return
    for use in (lambda: config.load(file), lambda: config.hub_token(loaded)):
        with pytest.raises(ConfigError, match="chmod 600") as caught:
            use()
        assert "hf_secret" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"  \n", b"two words", b"a\nb", b"\xff"])
def test_a_token_file_without_a_token_is_told_so(home: Path, content: bytes) -> None:
    """And a file that holds something else is not shown."""
    (home / "hub-token").write_bytes(content)
    (home / "hub-token").chmod(0o600)
    loaded = config.load(written(home / "settings.toml", '[models]\ntoken_file = "hub-token"\n'))
    with pytest.raises(ConfigError, match="token_file"):
        config.hub_token(loaded)


def test_without_a_token_file_there_is_no_token(home: Path) -> None:
    """None leaves the hub's own login; a file that was named and is gone is told when it is needed."""
    assert config.hub_token(Config()) is None
    loaded = config.load(written(home / "settings.toml", '[models]\ntoken_file = "gone"\n'))
    with pytest.raises(ConfigError, match="cannot be read"):
        config.hub_token(loaded)
