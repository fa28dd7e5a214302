"""What is fetched from where: decided from the entry and a list of names alone."""

from pathlib import Path

import pytest

from gpu_agent import catalogue
from gpu_agent.catalogue import Model
from gpu_agent.engine import detect, pose
from gpu_agent.hub.fault import HubFault
from gpu_agent.hub.wanted import Wanted, chosen, only_pickled, wanted
from tests.agent.tiny_models import models_file

SHIPPED = catalogue.load()
FLUX = ["README.md", "flux1-schnell.safetensors", "ae.safetensors", "model_index.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json", "text_encoder/model.safetensors", "text_encoder_2/config.json",
        "text_encoder_2/model-00001-of-00002.safetensors", "text_encoder_2/model-00002-of-00002.safetensors",
        "text_encoder_2/model.safetensors.index.json", "tokenizer/merges.txt", "tokenizer/vocab.json",
        "tokenizer_2/spiece.model", "tokenizer_2/tokenizer.json", "transformer/config.json",
        "transformer/diffusion_pytorch_model-00001-of-00003.safetensors", "transformer/pytorch_model.bin",
        "transformer/diffusion_pytorch_model.safetensors.index.json", "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors"]  # fmt: skip
NOT_OF_THE_PIPELINE = {"README.md", "flux1-schnell.safetensors", "ae.safetensors", "transformer/pytorch_model.bin"}


def own(place: Path, **fields: object) -> Model:
    return catalogue.load(models_file(place, {"repo": "someone/model", **fields}))["tiny"]


def test_only_the_pipelines_own_files_are_fetched_and_no_pickle() -> None:
    """The same weights again as one file, the pictures of the page and pickles stay where they are."""
    (want,) = wanted(SHIPPED["flux-schnell"])
    assert set(FLUX) - set(chosen(want, FLUX)) == NOT_OF_THE_PIPELINE


def test_the_halved_variant_alone_is_fetched_where_an_entry_names_it() -> None:
    """SDXL's repository holds every part at two precisions, for other programs too, and an older decoder."""
    names = [f"{part}/{file}" for part, stem in (("unet", "diffusion_pytorch_model"), ("text_encoder", "model"),
             ("text_encoder_2", "model"), ("vae", "diffusion_pytorch_model"), ("vae_1_0", "diffusion_pytorch_model"))
             for file in ("config.json", f"{stem}.safetensors", f"{stem}.fp16.safetensors", "model.onnx")]  # fmt: skip
    (want,) = wanted(SHIPPED["sdxl"])
    weights = [name for name in chosen(want, names) if name.endswith(".safetensors")]
    assert weights == [
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "text_encoder/model.fp16.safetensors",
        "text_encoder_2/model.fp16.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors",
    ]


@pytest.mark.parametrize(
    ("variant", "weights"),
    [("", {"unet/a.safetensors", "vae/b.safetensors"}), ("fp16", {"unet/a.fp16.safetensors", "vae/b.safetensors"})],
)
def test_without_patterns_a_diffusers_folder_is_fetched(tmp_path: Path, variant: str, weights: set[str]) -> None:
    """Each part once, in the variant that the entry names where there is one; nothing beside the parts' folders."""
    held = ["model_index.json", "all-in-one.safetensors", "a/b/deep.json", "vae/b.safetensors", "vae/config.json"]
    held += ["../x.json", "unet/a.safetensors", "unet/a.fp16.safetensors", "unet/a.ckpt", "unet/a.non_ema.safetensors"]
    (want,) = wanted(own(tmp_path, variant=variant))
    assert set(chosen(want, held)) == {"model_index.json", "vae/config.json", *weights}


def test_shards_of_a_variant_are_told_from_others(tmp_path: Path) -> None:
    """The hub writes the variant before the number of the shard."""
    held = [f"t/model{kind}-0000{n}-of-00002.safetensors" for kind in ("", ".fp16") for n in (1, 2)]
    (want,) = wanted(own(tmp_path))
    assert chosen(want, held) == tuple(held[:2])
    (half,) = wanted(own(tmp_path, variant="fp16"))
    assert chosen(half, held) == tuple(held[2:])


def test_a_file_of_ones_own_leaves_only_the_rest_to_fetch(tmp_path: Path) -> None:
    """A quantized denoiser from elsewhere takes the place of the largest part; a whole checkpoint, of all weights."""
    flux = SHIPPED["flux-schnell"]
    (rest,) = wanted(flux.model_copy(update={"denoiser": tmp_path / "flux-Q4.gguf"}))
    left_out = set(FLUX) - set(chosen(rest, FLUX)) - NOT_OF_THE_PIPELINE
    assert left_out == {name for name in FLUX if name.startswith("transformer/diff")}
    assert "transformer/config.json" in chosen(rest, FLUX)
    wan = SHIPPED["wan22-t2v-a14b"].model_copy(
        update={"denoiser": tmp_path / "a.gguf", "denoiser_2": tmp_path / "b.gguf"}
    )
    (either,) = wanted(wan)
    assert chosen(either, ["transformer/a.safetensors", "transformer_2/b.safetensors", "vae/c.safetensors"]) == (
        "vae/c.safetensors",
    )
    (settings,) = wanted(flux.model_copy(update={"file": tmp_path / "all.safetensors"}))
    assert not [name for name in chosen(settings, FLUX) if name.endswith(".safetensors")]
    assert not settings.weighs


def test_extras_bring_their_repositories_once_each() -> None:
    """A ControlNet of three kinds is one download; what finds depth and poses in pictures comes along."""
    wants = wanted(SHIPPED["sdxl"], ["canny", "depth", "pose", "reference", "canny"])
    assert [(want.repo, want.what) for want in wants][1:] == [
        ("xinsir/controlnet-union-sdxl-1.0", "ControlNet of Stable Diffusion XL"),
        (detect.DEPTH, "what finds depth in a picture"),
        (pose.JOINTS, "what finds pose in a picture"),
        (pose.PEOPLE, "what finds pose in a picture"),
        ("h94/IP-Adapter", "IP-Adapter of Stable Diffusion XL"),
        ("h94/IP-Adapter", "image encoder of Stable Diffusion XL"),
    ]
    net = ["config.json", "config_promax.json", "diffusion_pytorch_model.safetensors", "README.md",
           "diffusion_pytorch_model_promax.safetensors"]  # fmt: skip
    assert chosen(wants[1], net) == ("config.json", "diffusion_pytorch_model.safetensors")
    encoder = ["models/image_encoder/config.json", "models/image_encoder/model.safetensors",
               "sdxl_models/image_encoder/model.safetensors", "models/image_encoder/pytorch_model.bin"]  # fmt: skip
    assert chosen(wants[-1], encoder) == ("models/image_encoder/config.json", "models/image_encoder/model.safetensors")


def test_a_single_file_net_and_an_encoder_of_another_repository() -> None:
    """Z-Image's ControlNet is one file; FLUX's adapter reads with an encoder of OpenAI's."""
    net = wanted(SHIPPED["z-image-turbo"], ["pose"])[1]
    assert net.patterns == ("Z-Image-Turbo-Fun-Controlnet-Union.safetensors",)
    assert [want.repo for want in wanted(SHIPPED["flux-dev"], ["reference"])][1:] == [
        "XLabs-AI/flux-ip-adapter",
        "openai/clip-vit-large-patch14",
    ]


def test_terms_are_told_of_each() -> None:
    """Before anybody fetches a ControlNet that makes every picture non-commercial."""
    told = [want.terms for want in wanted(SHIPPED["flux-schnell"], ["canny"])]
    assert told == ["Apache-2.0", "FLUX.1 dev Non-Commercial: not for commercial use"]


def test_parts_from_elsewhere_belong_to_the_model() -> None:
    """HiDream cannot draw without Llama: it is fetched with it, weights and tokenizer apart."""
    wants = wanted(SHIPPED["hidream-fast"])
    assert [want.repo for want in wants] == ["HiDream-ai/HiDream-I1-Fast", *["meta-llama/Llama-3.1-8B-Instruct"] * 2]
    held = ["config.json", "model-00001-of-00004.safetensors", "model.safetensors.index.json", "tokenizer.json",
            "original/consolidated.00.pth", "tokenizer_config.json", "special_tokens_map.json"]  # fmt: skip
    assert set(chosen(wants[1], held)) | set(chosen(wants[2], held)) == set(held) - {"original/consolidated.00.pth"}


@pytest.mark.parametrize(("model", "extra", "offers"), [("flux2-klein-4b", "canny", "nothing of the kind"),
                                                     ("sd35-large", "pose", "canny, depth, reference")])  # fmt: skip
def test_an_extra_that_the_model_has_not_is_refused(model: str, extra: str, offers: str) -> None:
    """What it has is named."""
    with pytest.raises(HubFault) as caught:
        wanted(SHIPPED[model], [extra])
    assert (caught.value.kind, caught.value.facts) == (
        "fetch-extra",
        {"model": model, "extra": extra, "offers": offers},
    )


def test_a_part_that_exists_only_as_a_pickle_is_found() -> None:
    """One pickle beside safetensors is left alone; a part that is nothing but a pickle makes the model unfit."""
    held = ["unet/config.json", "unet/a.safetensors", "unet/a.bin", "vae/config.json", "vae/b.bin", "old/c.ckpt"]
    names = chosen(Wanted("a model", "a/b"), held)
    assert only_pickled(names, held) == "vae/b.bin"
    assert only_pickled(names, [name for name in held if name != "vae/b.bin"]) == ""
    assert only_pickled((), ["README.md", "pytorch_model.bin"]) == "pytorch_model.bin"
