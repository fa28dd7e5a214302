"""What is known of graphics cards: how much of one may be used, how fast it is, and which short formats it multiplies.

Bytes, bytes a second, and floating point operations a second with bfloat16 factors and float32 sums.
"""

from gpu_agent.stock import Gpu

GB = 10**9
PROCESSOR = "processor"
PCIE = 12.8 * GB  # what streaming weights reached on a PCIe 4 card; faster ones only wait less
_REACHED = 0.6  # of the makers' rate, by whole denoisers
_HEADLESS = int(0.4 * GB)

# The makers' rates. A card whose name is not here counts as the fastest of its architecture: then streaming is not
# believed to be free where it may not be.
_RATES = {
    "3060": 25.5e12, "3070": 40.6e12, "3080": 59.5e12, "3090": 71.0e12,
    "4060": 30.2e12, "4070": 58.3e12, "4080": 97.5e12, "4090": 165.2e12,
    "5070": 61.7e12, "5080": 112.6e12, "5090": 209.5e12,
    "h200": 790.0e12, "h100": 790.0e12, "gb10": 62.5e12,
}  # fmt: skip
_FASTEST = {"sm75": 65.0e12, "sm80": 312.0e12, "sm86": 155.0e12, "sm89": 362.0e12, "sm90": 790.0e12, "sm121": 62.5e12}
_ANY = 2000.0e12
LIBRARY = {"fp8": "torchao", "int8": "torchao", "nf4": "bitsandbytes"}  # what shortens weights to each format
LOWEST = {"fp8": 89, "int8": 75, "nf4": 75}  # the first architecture that works on such numbers


def is_processor(gpu: Gpu) -> bool:
    """No card: the machine's processor renders, from the machine's own memory."""
    return gpu.name == PROCESSOR


def device(gpu: Gpu) -> str:
    """What torch calls it."""
    if is_processor(gpu):
        return "cpu"
    return "mps" if gpu.unified and not gpu.arch else "cuda"


def budget(gpu: Gpu) -> int:
    """The bytes a render may take.

    A card gives what is free, but never what is reserved for the desktop. Where card and machine share their memory,
    a quarter is the rest of the system's; a processor leaves a tenth, because what others hold there can be swapped
    out.
    """
    if is_processor(gpu):
        return int(0.9 * gpu.total)
    if gpu.unified:
        return min(gpu.free, gpu.total, int(0.75 * (gpu.ram or gpu.total)))
    return max(0, min(gpu.free, gpu.total - (gpu.reserve or _HEADLESS)))


def memory(gpu: Gpu) -> float:
    """The bytes of the machine's own memory that weights may lie in; without end where the tower did not tell."""
    if not (gpu.ram_free or gpu.ram):
        return float("inf")
    return gpu.ram_free or 0.9 * gpu.ram


def known(gpu: Gpu) -> bool:
    """Is this card's rate its own, rather than the most that one of its kind could have?"""
    return any(model in gpu.name.lower() for model in _RATES)


def rate(gpu: Gpu) -> float:
    """Operations a second that a denoiser gets from this card."""
    name = gpu.name.lower()
    named = [rate for model, rate in _RATES.items() if model in name]
    return _REACHED * (max(named) if named else _FASTEST.get(gpu.arch, _ANY))


def formats(gpu: Gpu) -> tuple[str, ...]:
    """The quantizations worth trying: the one this architecture multiplies fast, then the one that is only small.

    Blackwell could multiply nvfp4, too; fp8 loses less and is fast enough there.
    """
    if is_processor(gpu) or device(gpu) == "mps":
        return ()
    fast = "fp8" if _number(gpu) >= LOWEST["fp8"] else "int8"
    return tuple(name for name in (fast, "nf4") if name not in gpu.lacks)


def multiplies(gpu: Gpu, name: str) -> bool:
    """May a denoiser be shortened to this format for speed: does this card multiply it, with what is installed?"""
    return _number(gpu) >= LOWEST[name] and name not in gpu.lacks


def _number(gpu: Gpu) -> int:
    number = gpu.arch.removeprefix("sm")
    return int(number) if number.isdigit() else 0
