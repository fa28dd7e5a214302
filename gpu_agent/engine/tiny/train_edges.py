"""A ControlNet that holds on to edges: a copy of the denoiser's first half that sees lines beside the noise."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from diffusers import ControlNetModel
from PIL import Image

from gpu_agent.engine import detect
from gpu_agent.engine.tiny import network, tokens
from gpu_agent.engine.tiny.course import Course, run
from gpu_agent.engine.tiny.drawing import draw
from gpu_agent.engine.tiny.muon import Muon, parted
from gpu_agent.engine.tiny.train_unet import Stock, loss

_SEES = (8, 16, 32, 48)
_EMPTY = 0.3  # often without words, so that it learns to read the lines


def controlnet(unet: Any) -> Any:
    """Untrained: it starts as the denoiser's own first half, and changes nothing."""
    config = dict(unet.config)
    taken = ("in_channels", "down_block_types", "block_out_channels", "layers_per_block", "cross_attention_dim",
             "attention_head_dim", "norm_num_groups", "use_linear_projection", "addition_embed_type",
             "encoder_hid_dim", "addition_embed_type_num_heads", "resnet_time_scale_shift")  # fmt: skip
    found: Any = ControlNetModel(**{name: config[name] for name in taken}, conditioning_embedding_out_channels=_SEES)
    own = found.state_dict()
    found.load_state_dict(
        {name: own[name] if name not in unet.state_dict() else unet.state_dict()[name] for name in own}
    )
    found.controlnet_cond_embedding.apply(_awake)
    return found


def _awake(layer: torch.nn.Module) -> None:
    """Thin lines get through eight layers as strong as they came. The layers behind them start at nothing, which is
    enough to change nothing: were the last of these nothing too, lines would go unheard for thousands of steps."""
    if isinstance(layer, torch.nn.Conv2d) and layer.bias is not None:
        torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        torch.nn.init.zeros_(layer.bias)


def edges(stock: Stock, number: int) -> npt.NDArray[np.float32]:
    """The lines of a scene's picture, (3, 256, 256) of 0 and 1, as the engine finds them in anybody's."""
    lines = detect.edges(Image.fromarray(draw(*stock.lots.scene(number))))
    return np.asarray(lines, np.float32).transpose(2, 0, 1) / np.float32(255)


def train(folder: Path, course: Course, stock: Stock, unet: Any, encoder: Any, words: Any) -> Any:
    """The ControlNet; the denoiser is not changed."""
    torch.manual_seed(course.seed)
    unet.requires_grad_(False)
    net = controlnet(unet).to(unet.device)
    inner, outer = parted(net, ("conv_in", "controlnet_"))
    optimizers = [Muon(inner, lr=course.rate), torch.optim.AdamW(outer, lr=course.rate, betas=(0.9, 0.99))]
    noise = network.scheduler()

    def one(_step: int, lot: Random) -> torch.Tensor:
        numbers = [lot.randrange(len(stock.latents)) for _ in range(course.batch)]
        captions = ["" if lot.random() < _EMPTY else stock.caption(number, lot) for number in numbers]
        latents = torch.from_numpy(np.stack([stock.latents[number] for number in numbers])).float()
        lines = torch.from_numpy(np.stack([edges(stock, number) for number in numbers]))
        with torch.no_grad():
            hidden = encoder(tokens.numbers(words, captions).to(unet.device))[0]
        return loss(_Held(net, unet, lines.to(unet.device)), noise, latents.to(unet.device), hidden, 1.0)

    run(course, folder, {"edges": net}, optimizers, one)
    return net.eval()


class _Held:
    """The denoiser with the ControlNet beside it, called as the denoiser is."""

    def __init__(self, net: Any, unet: Any, lines: torch.Tensor) -> None:
        self._net, self._unet, self._lines = net, unet, lines

    def __call__(self, noisy: torch.Tensor, level: torch.Tensor, hidden: torch.Tensor, return_dict: bool) -> Any:
        down, middle = self._net(noisy, level, hidden, controlnet_cond=self._lines, return_dict=False)
        return self._unet(
            noisy,
            level,
            hidden,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
            return_dict=return_dict,
        )
