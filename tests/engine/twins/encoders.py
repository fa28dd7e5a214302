"""Text encoders of one or two layers."""

from typing import Any

import transformers

from tests.engine.twins import tokens
from tests.engine.twins.filled import filled

WIDTH = 32  # of CLIP and T5
NARROW = 16  # of the language models


def clip(projected: bool = False, seed: int = 0) -> Any:
    tokenizer = tokens.clip()
    config = transformers.CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=77,
        projection_dim=WIDTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    wanted = transformers.CLIPTextModelWithProjection if projected else transformers.CLIPTextModel
    return filled(wanted(config), seed)


def t5() -> Any:
    return filled(transformers.T5EncoderModel(transformers.T5Config(**_t5_sizes())))


def umt5() -> Any:
    return filled(transformers.UMT5EncoderModel(transformers.UMT5Config(**_t5_sizes())))


def qwen3(causal: bool, layers: int = 2) -> Any:
    config = transformers.Qwen3Config(**_language_sizes(layers), head_dim=8)
    wanted = transformers.Qwen3ForCausalLM if causal else transformers.Qwen3Model
    return filled(wanted(config))


def qwen25_vl() -> Any:
    turning = {"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"}
    vision = {"depth": 1, "hidden_size": NARROW, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": NARROW}
    config = transformers.Qwen2_5_VLConfig(
        text_config={**_language_sizes(2), "rope_scaling": turning, "rope_theta": 1e6},
        vision_config={**vision, "fullatt_block_indexes": [0]},
    )
    return filled(transformers.Qwen2_5_VLForConditionalGeneration(config))


def llama() -> Any:
    return filled(transformers.LlamaForCausalLM(transformers.LlamaConfig(**_language_sizes(2))))


def _t5_sizes() -> dict[str, Any]:
    sizes = {"d_model": WIDTH, "d_ff": 37, "d_kv": 8, "num_layers": 1, "num_heads": 4}
    return {**sizes, "vocab_size": len(tokens.t5()), "feed_forward_proj": "gated-gelu"}


def _language_sizes(layers: int) -> dict[str, Any]:
    return {
        "hidden_size": NARROW,
        "intermediate_size": 16,
        "num_hidden_layers": layers,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "vocab_size": len(tokens.qwen()) + 2,
        "max_position_embeddings": 1024,
    }
