"""A person's own folders become models and LoRAs, each file is told why not, and nothing in them is ever executed."""

import json
from pathlib import Path
from typing import Any

import pytest
from gguf import GGMLQuantizationType as Kind

from gpu_agent import catalogue, header, shelf
from gpu_agent.cli.sentences import sentence
from gpu_agent.config import Config, Models
from gpu_agent.found import UNKNOWN_LICENCE
from gpu_agent.shelf import Stock
from gpu_agent.stock import ShelfLora
from tests.agent.tiny_models import models_file
from tests.agent.weight_files import save, save_gguf, save_pickle

XL = ("label_emb.0.0.weight", "input_blocks.0.0.weight", "out.2.weight")
CHECKPOINT = [
    *(f"model.diffusion_model.{name}" for name in XL),
    *("conditioner.embedders.0.transformer.x", "conditioner.embedders.1.model.x", "first_stage_model.decoder.x"),
]
SCHNELL = ("double_blocks.0.img_attn.norm.key_norm.scale", "img_in.weight")
WAN = {"blocks.0.self_attn.q.weight": (1,), "head.modulation": (1,), "patch_embedding.weight": (1, 16, 1, 1, 1)}
LORA = (
    "lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight",
    "lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight",
)

pytestmark = pytest.mark.usefixtures("nothing_of_ours")


def stock(*folders: Path, file: Path | None = None) -> Stock:
    return shelf.take_stock(Config(models=Models(folders=folders, file=file)))


def found(have: Stock) -> dict[str, catalogue.Model]:
    shipped = catalogue.load()
    return {model.id: model for model in have.catalogue if model.id not in shipped}


def lora(path: Path, **notes: str) -> Path:
    return save(path, dict.fromkeys(LORA, (4, 8)), notes)


def test_a_checkpoint_becomes_a_model_like_its_kind(tmp_path: Path) -> None:
    """With its own name and terms; everything else is as the shipped entry has it."""
    file = save(tmp_path / "checkpoints/DreamShaper XL.safetensors", CHECKPOINT)
    ((model_id, model),) = found(stock(tmp_path)).items()
    base = catalogue.load()["sdxl"]
    assert (model_id, model.name, model.file, model.denoiser) == ("dreamshaper-xl", "DreamShaper XL", file, None)
    assert (model.licence, model.commercial) == (UNKNOWN_LICENCE, False)
    own = {"id", "name", "licence", "commercial", "file", "download"}
    assert model.model_dump(exclude=own) == base.model_dump(exclude=own)
    assert model.download < base.download / 100  # settings alone


def test_a_denoiser_takes_the_place_of_that_part(tmp_path: Path) -> None:
    """The rest is still to be fetched, and the plan reckons with the file's own form."""
    plain = save(tmp_path / "unet/my schnell.safetensors", SCHNELL)
    small = save_gguf(tmp_path / "unet/schnell-q8.gguf", dict.fromkeys(SCHNELL, (4, 32)), Kind.Q8_0)
    base = catalogue.load()["flux-schnell"]
    models = found(stock(tmp_path))
    assert {model.denoiser for model in models.values()} == {plain, small}
    assert models["my-schnell"].parts == base.parts
    (part,) = [part for part in models["schnell-q8"].parts if part.role == "denoiser"]
    assert (part.format, part.bytes) == ("gguf", 2 * 4 * 34)
    assert models["schnell-q8"].parts[1:] == base.parts[1:]
    assert models["my-schnell"].download < base.download - base.parts[0].bytes + 10**9


def test_two_denoisers_of_one_model_are_paired_by_their_names(tmp_path: Path) -> None:
    """High and low, in each way that people write it, are one model; one of them alone is told."""
    pairs = [
        ("wan2.2_t2v_high_noise_14B", "wan2.2_t2v_low_noise_14B", "wan2.2_t2v_14B"),
        ("Wan2.2-T2V-A14B-HighNoise-Q4", "Wan2.2-T2V-A14B-LowNoise-Q4", "Wan2.2-T2V-A14B-Q4"),
        ("flow HIGH", "flow LOW", "flow"),
        ("high_noise_model", "low_noise_model", "_model"),
    ]
    for high, low, _ in pairs:
        save(tmp_path / f"diffusion_models/{high}.safetensors", WAN)
        save(tmp_path / f"diffusion_models/{low}.safetensors", WAN)
    save(tmp_path / "diffusion_models/alone_low.safetensors", WAN)
    save(tmp_path / "diffusion_models/wan2.1_14B.safetensors", WAN)
    have = stock(tmp_path)
    named = [(m.name, m.denoiser and m.denoiser.stem, m.denoiser_2 and m.denoiser_2.stem) for m in found(have).values()]
    assert sorted(named) == sorted((name, high, low) for high, low, name in pairs)
    assert {(each.path.stem, each.kind) for each in have.refused} == {
        ("alone_low", "file-half"),
        ("wan2.1_14B", "file-half"),
    }


def test_a_pipelines_folder_becomes_a_model(tmp_path: Path) -> None:
    """As InvokeAI keeps them: weights of a lesser precision and in pieces are known as such."""
    folder = tmp_path / "models/sdxl/main/My XL"
    names = ("add_embedding.linear_1.weight", "conv_in.weight", "conv_out.weight")
    for number, name in enumerate(names, 1):
        save(folder / f"unet/diffusion_pytorch_model.fp16-0000{number}-of-00003.safetensors", [name])
    (folder / "model_index.json").write_text('{"_name_or_path": "somebody/else"}')
    ((model_id, model),) = found(stock(tmp_path)).items()
    assert (model_id, model.folder, model.repo, model.variant) == ("my-xl", folder, None, "fp16")
    assert model.pipelines == catalogue.load()["sdxl"].pipelines
    folder.rename(tmp_path / "models/0b9a5f0e-1c2d-4e5f-8a9b-0123456789ab")
    assert [*found(stock(tmp_path))] == ["else"]  # a number says less than the repository it came from


def test_loras_are_told_with_their_family_and_words(tmp_path: Path) -> None:
    """Those of the bot's shelf have no path; the engine's have."""
    file = lora(tmp_path / "loras/styles/Ink Wash.safetensors", **{"modelspec.trigger_phrase": "ink wash, sumi-e"})
    (one,) = stock(tmp_path).loras
    assert (one.path, one.rank) == (file, 4)
    said = ShelfLora(id="ink-wash", family="flux", bytes=4 * 8 * 2, triggers=("ink wash", "sumi-e"))
    assert one.shelf == said


def test_files_that_a_library_named_go_by_their_folder(tmp_path: Path) -> None:
    """Or by what their maker noted in them, where the folder is only a number."""
    lora(tmp_path / "loras/ink/pytorch_lora_weights.safetensors")
    own = tmp_path / "models/0b9a5f0e-1c2d-4e5f-8a9b-0123456789ab"
    lora(own / "model.safetensors", ss_output_name="Woodcut")
    assert {each.shelf.id for each in stock(tmp_path).loras} == {"ink", "woodcut"}


def test_ids_are_unique_and_stay(tmp_path: Path) -> None:
    """Names that are taken, by other files or by models that ship, are marked; a look later they are the same."""
    for place in ("a", "b", "c"):
        lora(tmp_path / place / "loras/ink.safetensors")
        save(tmp_path / place / "checkpoints/sdxl.safetensors", CHECKPOINT)
    folders = [tmp_path / place for place in ("a", "b", "c")]
    have = stock(*folders)
    loras = {each.path: each.shelf.id for each in have.loras}
    assert len(set(loras.values())) == 3
    assert loras[tmp_path / "a/loras/ink.safetensors"] == "ink"
    assert len(found(have)) == 3
    assert not [model_id for model_id in found(have) if not model_id.startswith("sdxl-")]
    (tmp_path / "c/loras/ink.safetensors").unlink()
    assert {each.path: each.shelf.id for each in stock(*folders).loras}.items() < loras.items()


@pytest.mark.parametrize(
    ("said", "commercial"),
    [("Apache-2.0", True), ("CreativeML Open RAIL++-M", True), ("Fair AI Public License", False), ("@everyone", False)],
)
def test_a_licence_that_the_file_names_holds(tmp_path: Path, said: str, commercial: bool) -> None:
    """It is shown, and lets pictures be sold only where it is one that is known to."""
    save(tmp_path / "checkpoints/a.safetensors", CHECKPOINT, {"modelspec.license": said})
    (model,) = found(stock(tmp_path)).values()
    assert (model.licence, model.commercial) == (said.replace("@", ""), commercial)


def test_a_licence_in_a_file_frees_nothing_that_its_kind_does_not(tmp_path: Path) -> None:
    """What is made of FLUX.1 dev stays bound, whatever somebody wrote into it."""
    save(tmp_path / "unet/a.safetensors", (*SCHNELL, "guidance_in.in_layer.weight"), {"modelspec.license": "mit"})
    (model,) = found(stock(tmp_path)).values()
    assert (model.family, model.commercial) == ("flux", False)


def refused_files(place: Path) -> dict[str, str]:
    """One file of each kind that is refused, and the kinds."""
    save_pickle(place / "checkpoints/old.ckpt", place / "trace")
    save_pickle(place / "vae/old.pt", place / "trace")
    save_pickle(place / "loras/wrong.safetensors", place / "trace")
    cut = lora(place / "loras/cut.safetensors")
    cut.write_bytes(cut.read_bytes()[:-1])
    (place / "unet").mkdir()
    (place / "unet/flux.sft").write_bytes(b"x")
    save(place / "unet/model-00001-of-00002.safetensors", SCHNELL)
    save(place / "unet/scaled.safetensors", [*SCHNELL, "scaled_fp8"])
    save(place / "unet/half_high.safetensors", WAN)
    save_gguf(place / "unet/odd.gguf", dict.fromkeys(SCHNELL, (1, 256)), Kind.IQ2_XXS)
    save(place / "checkpoints/thing.safetensors", ["a"])
    save(place / "checkpoints/refiner.safetensors", {**dict.fromkeys(XL, (1,)), XL[0]: (1, 2560)})
    save(place / "loras/strange.safetensors", {name.replace("double_blocks", "x"): (4, 8) for name in LORA})
    save(place / "loras/sd2.safetensors", {"unet.up_blocks.1.attn2.to_k.lora.down.weight": (4, 1024)})
    save(place / "loras/loha.safetensors", ["lora_unet_double_blocks_0_img_attn_qkv.hada_w1_a"])
    return {
        "old.ckpt": "file-pickled",
        "old.pt": "file-pickled",
        "wrong.safetensors": "file-damaged",
        "cut.safetensors": "file-cut-short",
        "flux.sft": "file-renamed",
        "model-00001-of-00002.safetensors": "file-shard",
        "scaled.safetensors": "file-quantized",
        "half_high.safetensors": "file-half",
        "odd.gguf": "gguf-type",
        "thing.safetensors": "file-unknown",
        "refiner.safetensors": "file-unsupported",
        "sd2.safetensors": "file-unsupported",
        "strange.safetensors": "lora-unknown",
        "loha.safetensors": "lora-form",
    }


def test_each_file_that_cannot_be_used_is_told_why(tmp_path: Path) -> None:
    """In a sentence with its name and what to do; not one of them becomes a model or a LoRA, and none is executed."""
    expected = refused_files(tmp_path)
    have = stock(tmp_path, tmp_path / "gone")
    assert (found(have), have.loras) == ({}, ())
    assert {each.path.name: each.kind for each in have.refused} == {**expected, "gone": "folder-unseen"}
    assert not (tmp_path / "trace").exists()
    for each in have.refused:
        words = sentence(each.kind, each.facts)
        assert each.path.stem[:4] in words
        assert words.endswith(".")
        assert "{" not in words
        assert "The engine says" not in words


def test_what_stands_beside_a_model_is_kept_apart(tmp_path: Path) -> None:
    """Autoencoders, text encoders and ControlNets are no models; strangers among them are nobody's concern."""
    save(tmp_path / "vae/ae.safetensors", ["decoder.conv_in.weight", "decoder.conv_out.weight"])
    save(tmp_path / "text_encoders/t5.safetensors", ["encoder.block.0.layer.0.SelfAttention.q.weight"])
    save(tmp_path / "controlnet/canny.safetensors", ["controlnet_cond_embedding.conv_in.weight"])
    save(tmp_path / "clip/what.safetensors", ["a"])
    have = stock(tmp_path)
    assert [each.path.stem for each in have.beside] == ["canny", "t5", "ae"]
    assert (found(have), have.refused) == ({}, ())


def test_names_of_files_are_made_harmless(tmp_path: Path) -> None:
    """They reach people's screens and messages."""
    save(tmp_path / "checkpoints/@everyone <@1>\u202e\u0007.safetensors", CHECKPOINT)
    lora(tmp_path / "loras/@here.safetensors", **{"modelspec.trigger_phrase": "<@&7>, `x`"})
    save(tmp_path / "checkpoints/`@bad`.safetensors", ["a"])
    have = stock(tmp_path)
    shown = [model.model_dump_json() for model in shelf.shelf_models(found(have).values())]
    shown += [each.model_dump_json() for each in shelf.shelf_loras(have)]
    shown += [json.dumps(each.facts) for each in have.refused]
    assert len(shown) == 3
    assert not [text for text in shown if set(text) & set("@<>`\u202e\u0007")]


def test_files_are_read_once_while_they_stay_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand LoRAs cost one look each; the second time only what changed is opened."""
    read: list[Path] = []
    plain = header.read

    def counted(path: Path) -> Any:
        read.append(path)
        return plain(path)

    monkeypatch.setattr(header, "read", counted)
    template = lora(tmp_path / "loras/0.safetensors").read_bytes()
    for number in range(1, 10_000):
        (tmp_path / f"loras/{number}.safetensors").write_bytes(template)
    before = stock(tmp_path)
    assert (len(before.loras), len(read)) == (10_000, 10_000)
    changed = lora(tmp_path / "loras/7.safetensors", ss_trigger_words="now")
    after = stock(tmp_path)
    assert read[10_000:] == [changed]
    assert sum(one != other for one, other in zip(before.loras, after.loras, strict=True)) == 1


def test_a_drive_that_comes_and_goes_changes_the_shelf_and_breaks_nothing(tmp_path: Path) -> None:
    """What is there is shown; the rest returns with the drive, under the same ids."""
    lora(tmp_path / "here/loras/a.safetensors")
    lora(tmp_path / "drive/loras/b.safetensors")
    whole = stock(tmp_path / "here", tmp_path / "drive")
    (tmp_path / "drive").rename(tmp_path / "away")
    without = stock(tmp_path / "here", tmp_path / "drive")
    assert [each.shelf.id for each in without.loras] == ["a"]
    assert [each.kind for each in without.refused] == ["folder-unseen"]
    (tmp_path / "away").rename(tmp_path / "drive")
    assert stock(tmp_path / "here", tmp_path / "drive") == whole


def test_the_drives_guard_is_asked_for_by_itself(tmp_path: Path) -> None:
    """Without one the drive counts as mounted; with one, while that file is there."""
    guard = tmp_path / ".mounted"
    guarded = Config(models=Models(guard_path=guard))
    assert shelf.mounted(Config())
    assert not shelf.mounted(guarded)
    guard.touch()
    assert shelf.mounted(guarded)
    assert not shelf.mounted(Config(models=Models(guard_path=guard / "below a file")))
    assert not shelf.mounted(Config(models=Models(guard_path=Path("x" * 5000))))


def test_files_are_modelled_on_the_users_own_entry_of_that_kind(tmp_path: Path) -> None:
    """Who says where the settings of SDXL lie says it for every checkpoint of that kind."""
    save(tmp_path / "checkpoints/a.safetensors", CHECKPOINT)
    own = models_file(tmp_path, {"id": "sdxl", "folder": tmp_path / "settings", "steps": 7})
    model = found(stock(tmp_path, file=own))["a"]
    assert (model.folder, model.steps, model.repo) == (tmp_path / "settings", 7, None)


def test_the_digest_tells_of_loras_too(tmp_path: Path) -> None:
    """A bot that has the shelf is sent a new one when a LoRA comes or goes."""
    lora(tmp_path / "loras/a.safetensors")
    with_one, without = shelf.shelf_loras(stock(tmp_path)), shelf.shelf_loras(stock())
    assert shelf.digest((), with_one) != shelf.digest((), without)
    assert shelf.digest((), with_one) == shelf.digest((), shelf.shelf_loras(stock(tmp_path)))
