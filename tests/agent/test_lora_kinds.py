"""What a LoRA is for, told by the layers it changes, in the ways that trainers write them; and its trigger words."""

import json
from collections.abc import Callable, Mapping

import pytest

from gpu_agent import kinds, lora_kinds
from gpu_agent.gguf_header import Tensor
from gpu_agent.header import Header, HeaderFault
from gpu_agent.lora_kinds import lora_kind, triggers

Layers = Mapping[str, tuple[int, int]]  # what each takes in and gives


def kohya(layer: str) -> tuple[str, str]:
    flat = layer.replace(".", "_")
    return f"lora_unet_{flat}.lora_down.weight", f"lora_unet_{flat}.lora_up.weight"


def behind(prefix: str, down: str = "lora_A.weight", up: str = "lora_B.weight") -> Callable[[str], tuple[str, str]]:
    return lambda layer: (f"{prefix}{layer}.{down}", f"{prefix}{layer}.{up}")


def early_processor(layer: str) -> tuple[str, str]:
    """The first form of diffusers."""
    block, _, name = layer.rpartition(".")
    return f"unet.{block}.processor.{name}_lora.down.weight", f"unet.{block}.processor.{name}_lora.up.weight"


STYLES = {
    "kohya": kohya,
    "bare": behind(""),
    "comfy": behind("diffusion_model."),
    "comfy-kohya": behind("diffusion_model.", "lora_down.weight", "lora_up.weight"),
    "peft": behind("base_model.model.", "lora_A.default.weight", "lora_B.default.weight"),
    "diffusers": behind("transformer."),
    "early-diffusers": behind("transformer.", "lora.down.weight", "lora.up.weight"),
}
MAKERS: dict[str, tuple[Layers, str]] = {
    "flux": ({"double_blocks.0.img_attn.qkv": (3072, 9216), "single_blocks.3.linear1": (3072, 21504)}, "flux"),
    "flux-attention": ({"double_blocks.7.txt_attn.proj": (3072, 3072)}, "flux"),
    "klein": ({"double_blocks.0.img_attn.qkv": (3072, 9216), "single_blocks.3.linear1": (3072, 27648)}, "flux2"),
    "klein-mlp": ({"double_blocks.0.txt_mlp.0": (3072, 18432)}, "flux2"),
    "klein-9b": ({"double_blocks.0.img_attn.qkv": (4096, 12288)}, ""),
    "flux2-dev": ({"single_blocks.0.linear1": (6144, 55296)}, ""),
    "sd3": ({"joint_blocks.0.x_block.attn.qkv": (1536, 4608)}, "sd3"),
    "hidream": ({"double_stream_blocks.0.block.attn1.to_k": (2560, 2560)}, "hidream"),
    "z-image": ({"layers.0.attention.qkv": (3840, 11520), "layers.0.feed_forward.w1": (3840, 10240)}, "z-image"),
    "lumina": ({"layers.0.attention.qkv": (2304, 6912)}, ""),
    "wan": ({"blocks.0.self_attn.q": (5120, 5120), "blocks.0.cross_attn.k": (5120, 5120)}, "wan"),
    "wan-small": ({"blocks.0.self_attn.q": (1536, 1536)}, ""),
    "hunyuan": ({"double_blocks.0.img_mlp.fc1": (3072, 12288), "double_blocks.0.img_attn.qkv": (3072, 9216)}, ""),
    "qwen": ({"transformer_blocks.0.img_mlp.net.0.proj": (3072, 12288)}, "qwen-image"),
    "qwen-attention": ({f"transformer_blocks.{n}.attn.to_q": (3072, 3072) for n in range(60)}, "qwen-image"),
    "d-flux": ({"single_transformer_blocks.0.attn.to_q": (3072, 3072)}, "flux"),
    "d-flux-double": ({f"transformer_blocks.{n}.attn.add_q_proj": (3072, 3072) for n in range(19)}, "flux"),
    "d-klein": ({"single_transformer_blocks.0.attn.to_qkv_mlp_proj": (3072, 27648)}, "flux2"),
    "d-klein-9b": ({"single_transformer_blocks.0.attn.to_qkv_mlp_proj": (4096, 36864)}, ""),
    "d-sd35-large": ({"transformer_blocks.0.ff_context.net.0.proj": (2432, 9728)}, "sd3"),
    "d-sd35-medium": ({"transformer_blocks.0.attn2.to_q": (1536, 1536)}, "sd3"),
    "d-wan": ({"blocks.0.attn1.to_q": (5120, 5120), "blocks.0.ffn.net.0.proj": (5120, 13824)}, "wan"),
    "d-z-image": ({"layers.0.attention.to_q": (3840, 3840)}, "z-image"),
}
XL_LAYER = "input_blocks.8.1.transformer_blocks.9.attn2.to_k"
UNETS: dict[str, tuple[Layers, str]] = {
    "sd1": ({"down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k": (768, 320)}, "sd"),
    "sd1-self": ({"mid_block.attentions.0.transformer_blocks.0.attn1.to_q": (1280, 1280)}, "sd"),
    "sd2": ({"up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v": (1024, 1280)}, ""),
    "xl": ({"down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k": (2048, 640)}, "sdxl"),
    "xl-deep": ({"input_blocks.8.1.transformer_blocks.9.attn1.to_q": (1280, 1280)}, "sdxl"),
}


def made(layers: Layers, style: Callable[[str], tuple[str, str]], rank: int = 4) -> Header:
    tensors: dict[str, Tensor] = {}
    for layer, (inner, outer) in layers.items():
        down, up = style(layer)
        tensors |= {down: Tensor((rank, inner), "F16", 0), up: Tensor((outer, rank), "F16", 0)}
    return Header(tensors, {}, "safetensors", 0)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("maker", MAKERS)
def test_its_layers_tell_what_it_is_for(maker: str, style: str) -> None:
    """In every way of writing them; the rank is that of the file."""
    layers, family = MAKERS[maker]
    found = lora_kind(made(layers, STYLES[style], rank=16))
    assert found is not None
    assert (found.family, found.rank) == (family, 16)


@pytest.mark.parametrize("style", ["kohya", "unet", "processor"])
@pytest.mark.parametrize("maker", UNETS)
def test_u_nets_are_told_apart_by_what_they_attend_to(maker: str, style: str) -> None:
    """The length of the text's embeddings, or a depth that only the larger one has."""
    layers, family = UNETS[maker]
    styles = {
        "kohya": kohya,
        "unet": behind("unet.", "lora.down.weight", "lora.up.weight"),
        "processor": early_processor,
    }
    found = lora_kind(made(layers, styles[style]))
    assert found is not None
    assert found.family == family


def test_a_second_text_encoder_tells_sdxl() -> None:
    """Even where the U-Net's own layers leave it open."""
    layers: Layers = {"mid_block.attentions.0.proj_in": (1280, 1280)}
    te = {f"lora_te2_text_model_layers_0.lora_{end}.weight": Tensor((4, 4), "F16", 0) for end in ("down", "up")}
    found = lora_kind(Header(made(layers, kohya).tensors | te, {}, "safetensors", 0))
    assert found is not None
    assert found.family == "sdxl"


def test_convolutions_count_like_layers() -> None:
    """Their tensors have four lengths, and the rank is the first of those."""
    tensors = {
        "lora_unet_down_blocks_0_resnets_0_conv1.lora_down.weight": Tensor((8, 320, 3, 3), "F16", 0),
        "lora_unet_down_blocks_0_resnets_0_conv1.lora_up.weight": Tensor((320, 8, 1, 1), "F16", 0),
        "lora_unet_down_blocks_0_resnets_0_conv1.alpha": Tensor((), "F16", 0),
    }
    found = lora_kind(Header(tensors, {}, "safetensors", 0))
    assert found is not None
    assert (found.family, found.rank) == ("sd", 8)


@pytest.mark.parametrize(
    ("form", "added"),
    [
        ("LoHa", "lora_unet_down_blocks_0_attentions_0_proj_in.hada_w1_a"),
        ("LoKr", "lora_unet_down_blocks_0_attentions_0_proj_in.lokr_w1"),
        ("OFT", "lora_unet_down_blocks_0_attentions_0_proj_in.oft_blocks"),
        ("DoRA", "lora_unet_down_blocks_0_attentions_0_proj_in.dora_scale"),
        ("Tucker", "lora_unet_down_blocks_0_resnets_0_conv1.lora_mid.weight"),
    ],
)
def test_forms_that_nobody_here_can_wear_are_refused_by_name(form: str, added: str) -> None:
    """Rather than worn half; DoRA and Tucker beside plain pairs, the others alone."""
    plain = made(UNETS["sd1"][0], kohya).tensors if form in ("DoRA", "Tucker") else {}
    with pytest.raises(HeaderFault) as caught:
        lora_kind(Header({**plain, added: Tensor((4, 4), "F16", 0)}, {}, "safetensors", 0))
    assert (caught.value.kind, caught.value.facts["form"]) == ("lora-form", form)


def test_lokr_is_worn_where_diffusers_reads_it() -> None:
    """For Z-Image and FLUX.2 it turns them into plain LoRA."""
    names = ("diffusion_model.layers.0.attention.qkv.lokr_w1", "diffusion_model.layers.0.attention.qkv.lokr_w2")
    found = lora_kind(Header({name: Tensor((4, 4), "F16", 0) for name in names}, {}, "safetensors", 0))
    assert found is not None
    assert (found.family, found.rank) == ("z-image", 0)


def test_layers_of_an_unknown_model_are_told_so() -> None:
    """It is a LoRA, and nobody knows for what."""
    with pytest.raises(HeaderFault) as caught:
        lora_kind(made({"decoder.somewhere": (8, 8)}, kohya))
    assert caught.value.kind == "lora-unknown"


def test_a_model_is_no_lora() -> None:
    """Nor is a file with nothing in it."""
    for names in ([], ["model.diffusion_model.input_blocks.0.0.weight", "first_stage_model.x"], ["emb_params"]):
        assert lora_kind(Header({name: Tensor((4, 4), "F16", 0) for name in names}, {}, "safetensors", 0)) is None


def test_every_pattern_is_one_that_can_fit() -> None:
    """Each row of the table is what some LoRA of these tests is known by, but for the rarest."""
    seen = {lora_kind(made(layers, kohya)) for layers, _ in (*MAKERS.values(), *UNETS.values())}
    assert {row.says for row in kinds.table().lora} - {found.says for found in seen if found} == {"Chroma"}


def test_trigger_words_that_were_said_outright_come_first() -> None:
    """Split at commas, cleaned, each once, and only so many."""
    assert triggers({"modelspec.trigger_phrase": "ohwx man, <b>@everyone\u202e, ohwx man,, \n"}) == (
        "ohwx man",
        "b everyone",
    )
    many = ", ".join(f"word{n}" for n in range(100))
    assert triggers({"modelspec.trigger_phrase": many}) == tuple(f"word{n}" for n in range(lora_kinds.MOST_TRIGGERS))
    assert [len(word) for word in triggers({"modelspec.trigger_phrase": "x" * 5000})] == [64]


def test_without_them_the_commonest_tags_do() -> None:
    """A trainer's folder says how often and for what; its most frequent tag is what all its pictures have."""
    tags = {"10_sks dog": {"sks": 40, "outdoors": 3}, "img": {"style_x": 7, "a": 7.5}}
    assert triggers({"ss_tag_frequency": json.dumps(tags)}) == ("sks dog", "sks", "style_x")


@pytest.mark.parametrize("noted", ["{", "[]", '{"a": 1}', '{"a": {"b": "c"}}', '{"a": {}}', "null", "[" * 90_000])
def test_notes_that_are_nonsense_are_no_triggers(noted: str) -> None:
    """Other people's JSON never stops anything."""
    assert triggers({"ss_tag_frequency": noted}) == ()
    assert triggers({}) == ()
