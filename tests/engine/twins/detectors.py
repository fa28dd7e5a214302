"""Tiny detectors in a hub cache, where the engine looks for the real ones."""

# mypy: disable-error-code="no-untyped-call, call-arg"

from pathlib import Path
from typing import Any

import torch
import transformers

from gpu_agent.engine import detect, pose
from tests.engine.twins.filled import filled

_REVISION = "0123456789abcdef0123456789abcdef01234567"


def depth() -> Any:
    backbone = transformers.Dinov2Config(
        hidden_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        image_size=28,
        patch_size=14,
        out_features=["stage1", "stage2", "stage3", "stage4"],
        apply_layernorm=True,
        reshape_hidden_states=False,
    )
    config = transformers.DepthAnythingConfig(
        backbone_config=backbone,
        reassemble_hidden_size=16,
        neck_hidden_sizes=[4, 4, 4, 4],
        fusion_hidden_size=4,
        head_hidden_size=4,
        patch_size=14,
    )
    return filled(transformers.DepthAnythingForDepthEstimation(config))


def joints() -> Any:
    backbone = transformers.VitPoseBackboneConfig(
        image_size=[32, 32], patch_size=[16, 16], hidden_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    config = transformers.VitPoseConfig(
        backbone_config=backbone, num_labels=17, scale_factor=4, use_simple_decoder=True
    )
    return _sure(transformers.VitPoseForPoseEstimation(config), "head.conv.bias")


def people() -> Any:
    backbone = transformers.RTDetrResNetConfig(
        embedding_size=4, hidden_sizes=[4, 4, 8, 8], depths=[1, 1, 1, 1], out_features=["stage2", "stage3", "stage4"]
    )
    sizes: dict[str, Any] = {
        "encoder_layers": 1,
        "decoder_layers": 1,
        "num_queries": 5,
        "d_model": 16,
        "encoder_hidden_dim": 16,
    }
    config = transformers.RTDetrConfig(
        **sizes,
        backbone_config=backbone,
        encoder_in_channels=[4, 8, 8],
        feat_strides=[8, 16, 32],
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        decoder_in_channels=[16, 16, 16],
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        num_feature_levels=3,
        id2label={0: "person", 1: "bicycle"},
    )
    return _sure(transformers.RTDetrForObjectDetection(config), "class_embed.")


def _sure(model: Any, head: str) -> Any:
    """It finds something wherever it looks."""
    with torch.no_grad():
        for name, weights in filled(model).named_parameters():
            if head in name and name.endswith("bias"):
                weights.add_(3.0)
    return model


MADE = {detect.DEPTH: depth, pose.JOINTS: joints, pose.PEOPLE: people}


def save(cache: Path, *repos: str) -> None:
    """These repositories as the hub's client would have left them in `cache`."""
    for repo in repos:
        place = cache / f"models--{repo.replace('/', '--')}"
        MADE[repo]().save_pretrained(place / "snapshots" / _REVISION)
        (place / "refs").mkdir()
        (place / "refs" / "main").write_text(_REVISION)
