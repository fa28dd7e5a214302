"""What a ControlNet holds on to, found in a picture: edges by OpenCV, depth by Depth Anything.

The detectors work on the processor. They are small, a map is made once for many pictures, and the card's memory stays
as it was planned.
"""

from typing import Any

import numpy as np
import torch
import transformers
from PIL import Image

from gpu_agent.engine.fault import Fault

DEPTH = "depth-anything/Depth-Anything-V2-Small-hf"
_FAINT, _STRONG = 100, 200  # of Canny's two thresholds, those that the nets were trained with
_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's colours


def edges(image: Image.Image) -> Image.Image:
    """White edges on black, RGB."""
    import cv2  # takes memory and time that most orders need not

    return Image.fromarray(cv2.Canny(np.asarray(image.convert("L")), _FAINT, _STRONG)).convert("RGB")


def depth(image: Image.Image) -> Image.Image:
    """Near is white, RGB. Raises Fault detector-missing."""
    model = loaded("DepthAnythingForDepthEstimation", DEPTH, "depth")
    config = model.config.backbone_config
    # The shorter side is brought to what the model learned at, and both to whole patches.
    scale = config.image_size / min(image.size)
    wide, high = (max(round(side * scale / config.patch_size), 1) * config.patch_size for side in image.size)
    with torch.no_grad():
        near = model(pixel_values=tensor(image.resize((wide, high), Image.Resampling.BICUBIC))).predicted_depth[0]
    seen = np.asarray(Image.fromarray(near.float().numpy()).resize(image.size, Image.Resampling.BICUBIC))
    levels = (seen - seen.min()) / max(float(seen.max() - seen.min()), 1e-6) * 255
    return Image.fromarray(levels.round().astype("uint8")).convert("RGB")


def loaded(kind: str, repo: str, control: str) -> Any:
    """A detector of transformers from the hub's cache; nothing is fetched and nothing unpickled."""
    try:
        model = getattr(transformers, kind).from_pretrained(repo, local_files_only=True, use_safetensors=True)
    except OSError as error:
        raise Fault("detector-missing", {"control": control, "repo": repo}) from error
    return model.eval()


def tensor(image: Image.Image, normal: bool = True) -> torch.Tensor:
    """(1, 3, height, width): 0..1, or `normal` as networks that learned on ImageNet want it."""
    values = torch.from_numpy(np.asarray(image.convert("RGB")).copy()).permute(2, 0, 1).float() / 255
    if normal:
        mean, spread = (torch.tensor(figures).view(3, 1, 1) for figures in (_MEAN, _SPREAD))
        values = (values - mean) / spread
    return values.unsqueeze(0)
