"""The schedulers that renders are killed under, and gone on with."""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Callable
from typing import Any

import diffusers

STABLE: dict[str, Any] = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
NOISE: dict[str, Callable[[], Any]] = {
    "ddim": lambda: diffusers.DDIMScheduler(**STABLE),
    "ddpm": lambda: diffusers.DDPMScheduler(**STABLE),
    "pndm": lambda: diffusers.PNDMScheduler(**STABLE, skip_prk_steps=True),
    "pndm with runge-kutta": lambda: diffusers.PNDMScheduler(**STABLE),
    "euler": lambda: diffusers.EulerDiscreteScheduler(**STABLE),
    "euler ancestral": lambda: diffusers.EulerAncestralDiscreteScheduler(**STABLE),
    "heun": lambda: diffusers.HeunDiscreteScheduler(**STABLE),
    "kdpm2 ancestral": lambda: diffusers.KDPM2AncestralDiscreteScheduler(**STABLE),
    "dpm++ 2m": lambda: diffusers.DPMSolverMultistepScheduler(**STABLE, use_karras_sigmas=True),
    "dpm++ 2m sde": lambda: diffusers.DPMSolverMultistepScheduler(**STABLE, algorithm_type="sde-dpmsolver++"),
    "dpm++ 2s": lambda: diffusers.DPMSolverSinglestepScheduler(**STABLE),
    "deis": lambda: diffusers.DEISMultistepScheduler(**STABLE),
    "unipc": lambda: diffusers.UniPCMultistepScheduler(**STABLE, solver_order=3),
    "lcm": lambda: diffusers.LCMScheduler(**STABLE),
    "tcd": lambda: diffusers.TCDScheduler(**STABLE),
}
FLOW: dict[str, Callable[[], Any]] = {
    "euler": lambda: diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    "euler, stochastic": lambda: diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, stochastic_sampling=True),
    "heun": lambda: diffusers.FlowMatchHeunDiscreteScheduler(shift=3.0),
    "lcm": lambda: diffusers.FlowMatchLCMScheduler(shift=3.0),
    "unipc": lambda: diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
    ),
}
