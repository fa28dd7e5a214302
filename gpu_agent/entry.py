"""What one entry of a models file says; docs/models.md tells it field by field for the people who write such files.

Sizes are in pixels, `prompt_limit` in characters, `tokens` as the tokenizer counts. Nothing here looks at disks.
"""

import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from gpu_agent.order import ControlKind, Mode
from gpu_agent.stock import Part
from gpu_agent.value import Sha256, Side

RepoName = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
PipelineName = Annotated[str, Field(pattern=r"^(auto|[A-Z][A-Za-z0-9]*Pipeline)$")]


def _inside_the_package(value: str) -> str:
    if not re.fullmatch(r"\w[\w/-]*", value):
        raise ValueError("must be a folder inside gpu_agent")
    return value


PackageFolder = Annotated[str, AfterValidator(_inside_the_package)]
ClassName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$")]


class Weights(BaseModel):
    """Where something beside the pipeline's own parts comes from: a repo, a folder on this machine, or a `package`
    folder inside gpu_agent; `subfolder` and `file` are names within. `files` are the patterns that are fetched;
    without them, what such a repo is known to hold. Its licence holds for every picture made with it, too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repo: RepoName | None = None
    revision: str = ""
    folder: Path | None = None
    package: PackageFolder | None = None
    subfolder: str = ""
    file: str = ""
    files: tuple[str, ...] = ()
    bytes: int = Field(default=0, ge=0)
    gated: bool = False
    licence: str = Field(default="", max_length=64)
    commercial: bool = True

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if sum(source is not None for source in (self.repo, self.folder, self.package)) != 1:
            raise ValueError("needs exactly one of repo, folder and package")
        return self


class ControlNet(Weights):
    """`pipeline` takes this net, of the class `net`; `union` is the number of this kind in one that knows several."""

    pipeline: PipelineName
    net: ClassName
    union: int | None = Field(default=None, ge=0)


class Encoder(Weights):
    """An IP-Adapter: `file` holds the adapter, `encoder` is the folder of the image encoder it needs, inside the same
    repo or inside `encoder_repo`. `bytes` counts both."""

    encoder: str = ""
    encoder_repo: RepoName | None = None


class Fused(Weights):
    """A LoRA in the safetensors `file` that is added to the model's weights, times `weight`, whenever they are
    loaded: a style with a model id of its own."""

    file: str = Field(pattern=r"\.safetensors$")
    weight: float = Field(default=1.0, ge=-2, le=2)


class Component(Weights):
    """A part of the pipeline that its own repo does not hold; `net` is its class in transformers."""

    net: ClassName


class Model(BaseModel):
    """One model. Its weights are exactly one of `package` (a folder inside gpu_agent), `folder`, `repo` and `file`
    (one safetensors file with all of it); `denoiser` is a file (safetensors or GGUF) that takes the place of that
    part, `denoiser_2` that of the second one, where a model has two. A model with a `file` or `denoiser` takes what
    that lacks from `folder` or from `repo`'s cached small files.

    `family` names the adapter of the engine. `pipelines` says which class of diffusers does which mode. `gated` repos
    want their terms accepted by a person first. `arguments` are constants for the pipeline's call.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    name: str = Field(min_length=1, max_length=64)
    licence: str = Field(min_length=1, max_length=64)
    commercial: bool
    family: str = Field(default="", pattern=r"^[a-z0-9-]*$")
    package: PackageFolder | None = None
    folder: Path | None = None
    repo: RepoName | None = None
    revision: str = ""
    variant: str = ""
    files: tuple[str, ...] = ()
    download: int = Field(default=0, ge=0)
    gated: bool = False
    file: Path | None = None
    denoiser: Path | None = None
    denoiser_2: Path | None = None
    pipeline: PipelineName = "auto"
    pipelines: dict[Mode, PipelineName] = {}
    controlnets: dict[ControlKind, ControlNet] = {}
    adapter: Encoder | None = None
    components: dict[str, Component] = {}
    fused: tuple[Fused, ...] = ()
    guidance_argument: str = Field(default="guidance_scale", pattern=r"^[a-z_]+$")
    arguments: dict[str, bool | int | float | str] = {}
    steps: int = Field(ge=1, le=200)
    least_steps: int = Field(default=1, ge=1, le=200)
    most_steps: int = Field(default=200, ge=1, le=200)
    guidance: float = Field(ge=0, le=50)
    negative_acts: bool
    width: Side
    height: Side
    multiple: int = Field(ge=1, le=256)
    smallest: Side
    largest: Side
    most_pixels: int = Field(default=0, ge=0)
    frames: int = Field(default=1, ge=1, le=257)
    most_frames: int = Field(default=1, ge=1, le=257)
    frame_step: int = Field(default=4, ge=1, le=64)
    fps: int = Field(default=0, ge=0, le=60)
    prompt_limit: int = Field(ge=1, le=8000)
    tokens: int = Field(default=0, ge=0)
    parts: tuple[Part, ...] = ()
    work: float = Field(default=0.0, ge=0)
    sha256: dict[str, Sha256] = {}

    @property
    def modes(self) -> tuple[Mode, ...]:
        """What it does, in the order of the file; one without `pipelines` draws from text alone."""
        return tuple(self.pipelines) or ("text",)

    @field_validator("sha256")
    @classmethod
    def _inside_the_folder(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ValueError(f"{name} is not a file inside the model's folder")
        return value

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.package, self.folder, self.repo)) > 1:
            raise ValueError("needs exactly one of package, folder and repo, or a file")
        if not any((self.package, self.folder, self.repo, self.file)):
            raise ValueError("needs exactly one of package, folder and repo, or a file")
        return self

    @model_validator(mode="after")
    def _default_size_fits(self) -> Self:
        for side in (self.width, self.height):
            if not self.smallest <= side <= self.largest or side % self.multiple:
                raise ValueError(
                    f"the default side {side} is not a multiple of {self.multiple} "
                    f"between {self.smallest} and {self.largest}"
                )
        if self.most_pixels and self.width * self.height > self.most_pixels:
            raise ValueError(f"the default size has more than {self.most_pixels} pixels (most_pixels)")
        return self

    @model_validator(mode="after")
    def _defaults_lie_between_their_bounds(self) -> Self:
        if not self.least_steps <= self.steps <= self.most_steps:
            raise ValueError(
                f"the default of {self.steps} steps is not between {self.least_steps} and {self.most_steps}"
            )
        if self.frames > self.most_frames or (self.frames - 1) % self.frame_step:
            bounds = f"a multiple of {self.frame_step} and one more, and at most {self.most_frames}"
            raise ValueError(f"the default of {self.frames} frames is not {bounds}")
        return self

    @model_validator(mode="after")
    def _fused_into_plain_weights(self) -> Self:
        short = [file for file in (self.denoiser, self.denoiser_2) if file and file.suffix.casefold() == ".gguf"]
        if self.fused and short:
            raise ValueError("nothing can be fused into a GGUF denoiser: its weights are shortened already")
        return self

    @model_validator(mode="after")
    def _control_has_its_nets(self) -> Self:
        if ("control" in self.pipelines) != bool(self.controlnets):
            raise ValueError("the pipeline for control and the tables of controlnets need one another")
        return self
