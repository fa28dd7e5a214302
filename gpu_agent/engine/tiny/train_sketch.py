"""A LoRA that draws everything in pencil: the denoiser stays as it is, small matrices beside its layers learn."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from peft import LoraConfig, get_peft_model_state_dict

from gpu_agent.engine.tiny import network, tokens
from gpu_agent.engine.tiny.course import Course, run
from gpu_agent.engine.tiny.train_unet import Stock, loss

RANK = 6
# A pencil's line is a matter of the convolutions at full size, more than of attention, which sees 8x8 places.
_LAYERS = ["conv1", "conv2", "to_q", "to_k", "to_v", "to_out.0"]
FILE = "sketch.safetensors"
_EMPTY = 0.1


def train(folder: Path, course: Course, stock: Stock, unet: Any, encoder: Any, words: Any, out: Path) -> Path:
    """The LoRA's file in `out`; `unet` gets the LoRA in it. The stock is of sketches, and its captions do not
    say so: whoever wears the LoRA need not ask for it."""
    torch.manual_seed(course.seed)
    unet.requires_grad_(False)
    unet.add_adapter(LoraConfig(r=RANK, lora_alpha=RANK, target_modules=_LAYERS))
    learned = [parameter for parameter in unet.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=course.rate, betas=(0.9, 0.99), weight_decay=1e-2)
    noise = network.scheduler()

    def one(_step: int, lot: Random) -> torch.Tensor:
        numbers = [lot.randrange(len(stock.latents)) for _ in range(course.batch)]
        captions = ["" if lot.random() < _EMPTY else stock.caption(number, lot) for number in numbers]
        latents = torch.from_numpy(np.stack([stock.latents[number] for number in numbers])).float()
        with torch.no_grad():
            hidden = encoder(tokens.numbers(words, captions).to(unet.device))[0]
        return loss(unet, noise, latents.to(unet.device), hidden, 1.0)

    run(course, folder, {"unet": unet}, [optimizer], one)
    layers = {name: weights.half() for name, weights in get_peft_model_state_dict(unet).items()}
    StableDiffusionPipeline.save_lora_weights(out, unet_lora_layers=layers, weight_name=FILE)
    return out / FILE
