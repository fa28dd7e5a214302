"""What a file of weights is, told by its tensors: held against the classes of diffusers, which give the names, and
against what diffusers itself takes a single file for."""

from collections.abc import Mapping
from typing import Any

import diffusers
import pytest
import torch
from diffusers.loaders import single_file_utils

from gpu_agent import catalogue, kinds
from gpu_agent.gguf_header import Tensor
from gpu_agent.header import Header, HeaderFault

FLUX = {"double_blocks.0.img_attn.norm.key_norm.scale": (128,), "img_in.weight": (3072, 64)}
GUIDED = FLUX | {"guidance_in.in_layer.weight": (3072, 256), "guidance_in.in_layer.bias": (3072,)}
FLUX2 = {"double_stream_modulation_img.lin.weight": (18432, 3072), "single_stream_modulation.lin.weight": (9216, 3072)}
CONTEXT = "joint_blocks.0.context_block.adaLN_modulation.1"
SD3 = {f"{CONTEXT}.weight": (9216, 1536), f"{CONTEXT}.bias": (9216,), "pos_embed": (1, 36864, 1536)}
MEDIUM = SD3 | {"joint_blocks.0.x_block.attn2.qkv.weight": (4608, 1536), "pos_embed": (1, 147456, 1536)}
LARGE = {
    f"{CONTEXT}.weight": (14592, 2432),
    "joint_blocks.0.x_block.attn.ln_q.weight": (64,),
    "joint_blocks.37.x_block.mlp.fc1.weight": (9728, 2432),
}
HIDREAM = {f"double_stream_blocks.0.block.adaLN_modulation.1.{each}": (30720,) for each in ("weight", "bias")}
ZIMAGE = {"layers.0.adaLN_modulation.0.weight": (15360, 256), "cap_embedder.1.weight": (3840, 2560)}
QWEN = {"transformer_blocks.0.img_mlp.net.0.proj.weight": (12288, 3072), "txt_norm.weight": (3584,)}
WAN = {"blocks.0.self_attn.q.weight": (5120, 5120), "head.modulation": (1, 2, 5120)}
SDXL = {
    "label_emb.0.0.weight": (1280, 2816),
    "input_blocks.0.0.weight": (320, 4, 3, 3),
    "input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight": (320, 2048),
    "out.2.weight": (4, 320, 3, 3),
}
SD1 = {
    "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (320, 768),
    "input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight": (320, 768),
    "input_blocks.0.0.weight": (320, 4, 3, 3),
    "out.2.weight": (4, 320, 3, 3),
}
SD2 = {**SD1, **{f"input_blocks.{n}.1.transformer_blocks.0.attn2.to_k.weight": (320, 1024) for n in (1, 2)}}


def patched(channels: int, width: int = 5120) -> dict[str, tuple[int, ...]]:
    return WAN | {"patch_embedding.weight": (width, channels, 1, 2, 2)}


# Tensors as their makers name them, the file's name, the entry it becomes ("" for none), and diffusers' word for it.
ORIGINAL: list[tuple[str, Mapping[str, tuple[int, ...]], str, str]] = [
    ("flux1-schnell", FLUX, "flux-schnell", "flux-schnell"),
    ("flux1-dev", GUIDED, "flux-dev", "flux-dev"),
    ("flux1-fill-dev", GUIDED | {"img_in.weight": (3072, 384)}, "", "flux-fill"),
    ("flux1-canny-dev", GUIDED | {"img_in.weight": (3072, 128)}, "", "flux-depth"),
    ("flux1-kontext-dev", GUIDED, "", "flux-dev"),
    ("chroma", FLUX | {f"distilled_guidance_layer.in_proj.{w}": (5120,) for w in ("weight", "bias")}, "", "chroma"),
    ("flux-2-klein-4b", FLUX2 | {"img_in.weight": (3072, 128)}, "flux2-klein-4b", "flux-2-dev"),
    ("flux-2-klein-base-4b", FLUX2 | {"img_in.weight": (3072, 128)}, "", "flux-2-dev"),
    ("flux-2-klein-9b", FLUX2 | {"img_in.weight": (4096, 128)}, "", "flux-2-dev"),
    ("flux2-dev", FLUX2 | {"img_in.weight": (6144, 128)}, "", "flux-2-dev"),
    ("sd3.5_medium", MEDIUM, "sd35-medium", "sd35_medium"),
    ("sd3.5_large", LARGE, "sd35-large", "sd35_large"),
    ("sd3.5_large_turbo", LARGE, "sd35-large-turbo", "sd35_large"),
    ("sd3_medium", SD3, "", "sd3"),
    ("hidream_i1_full_fp16", HIDREAM, "hidream-full", "hidream"),
    ("hidream_i1_dev", HIDREAM, "hidream-dev", "hidream"),
    ("HiDream-I1-Fast-Q4", HIDREAM, "hidream-fast", "hidream"),
    ("hidream_e1_full", HIDREAM, "", "hidream"),
    ("hidream", HIDREAM, "", "hidream"),
    ("z_image_turbo_bf16", ZIMAGE, "z-image-turbo", "z-image-turbo"),
    ("someone's turbo merge", ZIMAGE, "z-image-turbo", "z-image-turbo"),
    ("z_image_bf16", ZIMAGE, "", "z-image-turbo"),
    ("wan2.2_t2v_high_noise_14B", patched(16), "wan22-t2v-a14b", "wan-t2v-14B"),
    ("wan2.2_i2v_low_noise_14B", patched(36), "wan22-i2v-a14b", "wan-i2v-14B"),
    ("wan2.2_ti2v_5B", patched(48, 3072), "wan22-ti2v-5b", "wan-i2v-14B"),
    ("wan2.1_t2v_1.3B", patched(16, 1536), "", "wan-t2v-1.3B"),
    ("wan2.1_i2v_480p", patched(36) | {"img_emb.proj.0.weight": (1280,)}, "", "wan-i2v-14B"),
    ("wan2.2_fun_control_high", patched(48), "", "wan-i2v-14B"),
    ("sd_v1-5", SD1, "sd15", "v1"),
    ("v2-1_768", SD2, "", "v2"),
    ("sd-v1-5-inpainting", SD1 | {"input_blocks.0.0.weight": (320, 9, 3, 3)}, "", "inpainting"),
]
# What diffusers does not tell from the tensors of the denoiser alone.
ORIGINAL_ONLY_OURS = [
    ("qwen_image", QWEN, "qwen-image"),
    ("qwen_image_edit_2509", QWEN, ""),
    ("sd_xl_base_1.0", SDXL, "sdxl"),
    ("sd_xl_refiner", SDXL | {"label_emb.0.0.weight": (1280, 2560)}, ""),
    ("noob_vpred", SDXL | {"v_pred": (0,)}, ""),
    ("playground", SDXL | {"edm_mean": (4,)}, ""),
    ("xl_inpaint", SDXL | {"input_blocks.0.0.weight": (320, 9, 3, 3)}, ""),
]


def header(shapes: Mapping[str, tuple[int, ...]], prefix: str = "") -> Header:
    return Header({prefix + name: Tensor(shape, "F16", 0) for name, shape in shapes.items()}, {}, "safetensors", 0)


def kind(found: Header, stem: str = "file") -> kinds.Kind:
    got = kinds.kind_of(found, stem)
    assert got is not None
    return got


def known(stem: str, shapes: Mapping[str, tuple[int, ...]], prefix: str) -> str:
    got = kind(header(shapes, prefix), stem)
    assert got.role == "denoiser"
    return got.entry


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize(("stem", "shapes", "entry", "word"), ORIGINAL, ids=[row[0] for row in ORIGINAL])
def test_files_in_their_makers_form(
    stem: str, shapes: Mapping[str, tuple[int, ...]], entry: str, word: str, prefix: str
) -> None:
    """With and without what ComfyUI writes before the names; diffusers takes the same tensors for the same model."""
    assert known(stem, shapes, prefix) == entry
    # Of U-Nets and of HiDream it knows only one way of writing the names.
    alone = word in ("v1", "v2", "inpainting", "hidream")
    infer: Any = single_file_utils.infer_diffusers_model_type
    assert infer(header(shapes, _own_prefix(word) if alone else prefix).tensors) == word


def _own_prefix(word: str) -> str:
    return "" if word == "hidream" else "model.diffusion_model."


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize(("stem", "shapes", "entry"), ORIGINAL_ONLY_OURS, ids=[row[0] for row in ORIGINAL_ONLY_OURS])
def test_files_that_diffusers_does_not_tell_apart(
    stem: str, shapes: Mapping[str, tuple[int, ...]], entry: str, prefix: str
) -> None:
    """By what else is in them, or by their names."""
    assert known(stem, shapes, prefix) == entry


def build_one(name: str, **settings: Any) -> torch.nn.Module:
    model: torch.nn.Module = getattr(diffusers, name)(**settings)
    return model


def sd3(**settings: Any) -> torch.nn.Module:
    return build_one("SD3Transformer2DModel", num_layers=1, **settings)


def unet(**settings: Any) -> torch.nn.Module:
    return build_one("UNet2DConditionModel", cross_attention_dim=settings.pop("cross", 768), **settings)


def xl(**settings: Any) -> torch.nn.Module:
    time = {"addition_embed_type": "text_time", "addition_time_embed_dim": 256}
    return unet(cross=2048, **time, **{"projection_class_embeddings_input_dim": 2816, **settings})


def hidream() -> torch.nn.Module:
    sizes = {"caption_channels": [4096, 4096], "axes_dims_rope": (64, 32, 32), "max_resolution": (128, 128)}
    heads = {"attention_head_dim": 128, "num_attention_heads": 20, "text_emb_dim": 2048, "num_routed_experts": 4}
    return build_one(
        "HiDreamImageTransformer2DModel",
        **{"patch_size": 2, "in_channels": 16, "num_layers": 1, "num_single_layers": 1, "llama_layers": [0]}
        | {"num_activated_experts": 2, **sizes, **heads},
    )


def klein(**settings: Any) -> torch.nn.Module:
    sizes = {"num_layers": 1, "num_single_layers": 1, "num_attention_heads": 24, "joint_attention_dim": 7680}
    return build_one("Flux2Transformer2DModel", **sizes | settings)


DIFFUSERS = [
    ("flux-schnell", "x", lambda: build_one("FluxTransformer2DModel", num_layers=1, num_single_layers=1)),
    (
        "flux-dev",
        "x",
        lambda: build_one("FluxTransformer2DModel", num_layers=1, num_single_layers=1, guidance_embeds=True),
    ),
    (
        "",
        "x",
        lambda: build_one(
            "FluxTransformer2DModel", num_layers=1, num_single_layers=1, in_channels=384, guidance_embeds=True
        ),
    ),
    ("flux2-klein-4b", "x", klein),
    ("", "x", lambda: klein(num_attention_heads=48)),
    ("", "x", lambda: klein(num_attention_heads=32)),
    ("sd35-medium", "x", lambda: sd3(dual_attention_layers=(0,), qk_norm="rms_norm")),
    ("sd35-large", "x", lambda: sd3(num_attention_heads=38, qk_norm="rms_norm")),
    ("sd35-large-turbo", "my turbo", lambda: sd3(num_attention_heads=38, qk_norm="rms_norm")),
    ("", "x", sd3),
    ("hidream-dev", "x dev", hidream),
    ("z-image-turbo", "x", lambda: build_one("ZImageTransformer2DModel", n_layers=1, n_refiner_layers=1)),
    ("qwen-image", "x", lambda: build_one("QwenImageTransformer2DModel", num_layers=1)),
    ("wan22-t2v-a14b", "low", lambda: build_one("WanTransformer3DModel", num_layers=1)),
    ("wan22-i2v-a14b", "high", lambda: build_one("WanTransformer3DModel", num_layers=1, in_channels=36)),
    (
        "wan22-ti2v-5b",
        "x",
        lambda: build_one("WanTransformer3DModel", num_layers=1, num_attention_heads=24, in_channels=48),
    ),
    ("", "x", lambda: build_one("WanTransformer3DModel", num_layers=1, num_attention_heads=12)),
    ("sd15", "x", unet),
    ("", "x", lambda: unet(cross=1024)),
    ("sdxl", "x", xl),
    ("", "x", lambda: xl(projection_class_embeddings_input_dim=2560)),
    ("", "x", lambda: xl(in_channels=9)),
]


@pytest.mark.parametrize(
    ("entry", "stem", "build"), DIFFUSERS, ids=[f"{n}-{row[0]}" for n, row in enumerate(DIFFUSERS)]
)
def test_files_in_the_form_of_diffusers(entry: str, stem: str, build: Any) -> None:
    """By the names that the installed classes give their tensors, at full width and one layer's depth."""
    with torch.device("meta"):
        shapes = {name: tuple(tensor.shape) for name, tensor in build().state_dict().items()}
    assert known(stem, shapes, "") == entry


def test_a_controlnet_is_none_of_the_models_it_is_for() -> None:
    """Its tensors are those of a U-Net, and more."""
    with torch.device("meta"):
        shapes = {name: tuple(tensor.shape) for name, tensor in build_one("ControlNetModel").state_dict().items()}
    assert kind(header(shapes)).role == "control"
    assert kind(header({f"control_model.{name}": (1,) for name in ("input_hint_block.0.weight",)})).role == "control"


@pytest.mark.parametrize(
    ("shapes", "texts"),
    [
        (SDXL, ("conditioner.embedders.0.transformer.x", "conditioner.embedders.1.model.x")),
        (GUIDED, ("text_encoders.clip_l.transformer.x", "text_encoders.t5xxl.transformer.x")),
        (MEDIUM, ("text_encoders.clip_l.transformer.x", "text_encoders.clip_g.transformer.x")),
        (SD1, ("cond_stage_model.transformer.x",)),
    ],
    ids=["sdxl", "flux", "sd3", "sd1"],
)
def test_a_checkpoint_with_all_of_it_is_whole(shapes: Mapping[str, tuple[int, ...]], texts: tuple[str, ...]) -> None:
    """Only with the autoencoder and every text encoder; without one of them, or with one in a form that cannot be
    read, the denoiser is used and the rest comes from elsewhere."""
    prefix = "model.diffusion_model."
    parts = header(shapes, prefix).tensors | header(dict.fromkeys((*texts, "first_stage_model.x"), (1,))).tensors
    assert kind(Header(parts, {}, "safetensors", 0)).whole
    for left_out in (*texts, "first_stage_model.x"):
        fewer = {name: tensor for name, tensor in parts.items() if name != left_out}
        assert not kind(Header(fewer, {}, "safetensors", 0)).whole
    scaled = parts | {f"{texts[-1]}.scale_weight": Tensor((1,), "F32", 4)}
    assert not kind(Header(scaled, {}, "safetensors", 0)).whole


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("scaled_fp8", "FP8 with scales"),
        ("double_blocks.0.img_attn.qkv.scale_weight", "FP8 with scales"),
        ("double_blocks.0.img_attn.qkv.comfy_quant", "FP8 with scales"),
        ("double_blocks.0.img_attn.qkv.weight_scale", "FP8 with scales"),
        ("double_blocks.0.img_attn.qkv.weight_scale_2", "NVFP4"),
        ("double_blocks.0.img_attn.qkv.weight.absmax", "bitsandbytes"),
        ("double_blocks.0.img_attn.qkv.weight.quant_state.bitsandbytes__nf4", "bitsandbytes"),
        ("double_blocks.0.img_attn.qkv.qweight", "SVDQuant"),
    ],
)
def test_weights_in_a_form_of_other_programs_are_refused(name: str, how: str) -> None:
    """Read as plain numbers they would give noise: told before anybody waits for it."""
    for prefix in ("", "model.diffusion_model."):
        with pytest.raises(HeaderFault) as caught:
            kinds.kind_of(header(FLUX | {name: (1,)}, prefix), "file")
        assert (caught.value.kind, caught.value.facts) == ("file-quantized", {"how": how})


def test_a_gguf_of_a_form_that_the_engine_does_not_read_is_refused() -> None:
    """With the number of that form, and the names of those that would do."""
    tensors = {name: Tensor(shape, "16", 0) for name, shape in FLUX.items()}
    with pytest.raises(HeaderFault) as caught:
        kinds.kind_of(Header(tensors, {}, "gguf", 0), "file")
    assert (caught.value.kind, caught.value.facts["type"]) == ("gguf-type", "16")
    assert "Q4_K" in str(caught.value.facts["known"])


def test_every_entry_that_a_file_can_become_exists() -> None:
    """And every shipped model that is drawn by weights of its own can be found as a file."""
    entries = {row.entry for row in kinds.table().kind} - {""}
    shipped = {model.id for model in catalogue.load() if model.package is None}
    assert entries - {"sd15"} == shipped


def test_what_nobody_knows_is_nothing() -> None:
    """An upscaler, a detector, an empty file."""
    assert kinds.kind_of(header({"model.0.weight": (1,)}), "file") is None
    assert kinds.kind_of(header({}), "file") is None
