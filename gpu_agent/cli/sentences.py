"""A refusal or a fault as the sentence that a person at the tower's own keyboard reads: what happened, what to do."""

from rich.filesize import decimal

from gpu_agent.value import Facts

_SIZES = ("needed", "has", "free", "kept")  # facts that are bytes
_SENTENCES = {
    "unknown-model": 'There is no model "{model}". Choose one of: {known}.',
    "size-range": "{model} draws sides from {smallest} to {largest} pixels, not {width}x{height}. "
    "Ask for {nearest}, for example.",
    "size-multiple": "{model} draws sides that are multiples of {multiple}, not {width}x{height}. "
    "Ask for {nearest}, for example.",
    "size-pixels": "{model} draws at most {most} pixels, and {width}x{height} is more. Ask for {nearest}, for example.",
    "mode-missing": "{model} cannot do this ({mode}). It offers: {modes}. Choose another model, or one of these.",
    "control-missing": "{model} has no ControlNet for {control}. It has: {controls}. Choose another.",
    "reference-missing": "{model} takes no reference picture. Leave it out, or choose another model.",
    "frames-range": "{model} makes clips of at most {most} frames, not {frames}. Ask for {nearest}.",
    "frames-step": "{model} makes clips of a multiple of {step} frames and one more, not {frames}. Ask for {nearest}.",
    "steps-range": "{model} takes {least} to {most} steps, not {steps}. Ask for {nearest}.",
    "start-late": "Step {step} cannot be gone on from when there are only {steps} steps. Name an earlier one.",
    "unknown-lora": "There is no LoRA {lora} here. Those for {model}: {known}.",
    "lora-family": "The LoRA {lora} was trained for {family} models, which {model} is not. Those for it: {known}.",
    "lora-unfit": "The LoRA {lora} does not fit this model ({fault}). Choose one that was trained for it.",
    "extra-missing": "The {extra} of {model} is not complete on this machine. Fetch it with: "
    "gpu-agent fetch {model} --with {extra}",
    "extra-unfit": "The {extra} of {model} cannot be used ({fault}). Correct its entry in the models file, or fetch "
    "it again.",
    "detector-missing": "What finds {control} in a picture is not on this machine. Fetch it with: "
    "gpu-agent fetch MODEL --with {control} (or give a map that is prepared).",
    "pose-nobody": "Nobody's pose can be made out in the picture. Give another one, or a pose that is drawn already.",
    "file-cut-short": "{file} is cut short: {bytes} of {expected} bytes are there. Download it again.",
    "file-damaged": "{file} is damaged, or not what its name says ({fault}). Download it again.",
    "file-half": "{file} is one of the two denoisers of {is}, and the other is not there. Put both there, under names "
    "that differ in high and low alone.",
    "file-pickled": "{file} is a pickle ({suffix}), which can run code when it is loaded: refused. Look for the same "
    "as safetensors, or convert it.",
    "file-quantized": "{file} is quantized in a way that is not read here ({how}). Take it at 16 bits, as plain FP8 "
    "or as GGUF.",
    "file-renamed": "{file} ends in {suffix}. If it is safetensors, name it so.",
    "file-shard": "{file} is one piece of a model in several. Put the whole folder of the model there, or one file "
    "with all of it.",
    "file-unknown": "{file} is no model or LoRA that is known here. Nothing happens to it.",
    "file-unreadable": "{file} cannot be read ({fault}). Give the agent's account the right to read it.",
    "file-unsupported": "{file} is {is}, which is not drawn with here. Nothing happens to it.",
    "folder-unseen": "The folder {folder} cannot be looked into ({fault}). Correct it in the settings, mount its "
    "drive, or give the agent's account the right to read it.",
    "gguf-type": "{file} is a GGUF of a form that is not read here ({type}). Take one of these: {known}.",
    "lora-form": "{file} is a {form} for {is}, which cannot be worn as it is. Look for it as a plain LoRA.",
    "lora-unknown": "{file} is a LoRA for a model that is not known here. Nothing happens to it.",
    "does-not-fit": "{model} at {width}x{height} needs {needed} of the {where}'s memory, and {has} can be had. "
    "Try {nearest}.",
    "prompt-empty": "The prompt is empty. Say what the picture shall show.",
    "prompt-length": "The prompt has {length} characters and {model} reads {limit}. Shorten it.",
    "engine-missing": "The engine cannot start ({fault}). In Darkroom's folder, run: "
    "pip install -c constraints.txt '.[agent]'",
    "fetch-extra": "{model} has no {extra}. It has: {offers}. Name only those after --with.",
    "fetch-drive": "The weights drive is not mounted ({guard}). Mount it, then fetch again.",
    "fetch-own": "The weights of {model} come from {where}, not from the hub: there is nothing to fetch.",
    "hub-answer": "The hub cannot give {repo} now (it says {status}). Try again later; what was fetched stays.",
    "hub-away": "The hub cannot be reached at {hub} ({fault}). Check the network and run the same command again: "
    "it goes on where this one stopped.",
    "hub-cut": "The line was cut while fetching {file} ({fault}); {kept} of it are kept. "
    "Run the same command again: it goes on from there.",
    "hub-damaged": "{file} arrived damaged and was thrown away. Run the same command again.",
    "hub-gated": "{repo} is for those who accepted its terms. Accept them at {page}, then log in with: hf auth login "
    "(or name a file with your token as token_file in the settings), and run the same command again.",
    "hub-lacks": "{repo} does not hold the files of {what}. Correct its files or its repo in the models file.",
    "hub-pickled": "{repo} keeps weights as a pickle ({file}), which can run code when it is loaded: refused. "
    "Name a repository with safetensors.",
    "hub-repo": "There is no repository {repo}, or not for you. Correct its name in the models file, "
    "or log in with: hf auth login",
    "hub-revision": "{repo} has no such revision. Correct it in the models file.",
    "hub-token": "The hub does not accept your token (asked for {repo}). Make another one and log in with: "
    "hf auth login (or write it into the token_file of the settings).",
    "disk-fault": "The files of {repo} cannot be written ({fault}). Mend that and run the same command again: "
    "it goes on where this one stopped.",
    "disk-full": "{needed} are still to be fetched, and the disk of {folder} has {free} left. Make room there, "
    "or let HF_HOME name a folder on a larger disk.",
    "no-folder": "There is no folder {folder} to write into. Make it, or name another file with -o.",
    "weights-missing": "The weights of {name} are not complete in the {source} {where}. Put them there.",
    "weights-missing-repo": "The weights of {name} are not on this machine. Fetch them with: gpu-agent fetch {model}",
    "weights-damaged": "A file of {name} is not the one it should be ({file}). Fetch the weights again.",
    "pipeline-unfit": "{pipeline} of {model} cannot be used: it lacks {lacks}. "
    "Name another pipeline in the models file.",
    "weights-not-mounted": "The weights drive is not mounted ({path} is missing). Mount it: orders go on then.",
    "card-in-use": "{program} is using the card. Orders go on by themselves when it ends.",
    "memory-pressure": "This machine is short of memory. Orders go on by themselves when other programs need less.",
    "cooling": "This machine cools down for {seconds} s between two pictures. Orders go on by themselves.",
    "input-large": "A picture of the order has more than {most} megapixels ({sha256}). Send a smaller one.",
    "input-unreadable": "A picture of the order cannot be read ({sha256}). Send it as one of {formats}.",
    "weights-pickled": "{file} of {name} is a pickle, which can run code when it is loaded: refused. "
    "Get the model as safetensors.",
    "weights-unfit": "{file} is not a file for {name} ({fault}). Name another file, or another model for it.",
    "input-missing": "A picture that the order starts from is not here ({sha256}). Send it first.",
    "checkpoint-missing": "There is no checkpoint after step {step} of {job} here; there is: {there}. "
    "Name one of these, or render from the beginning.",
    "checkpoint-unfit": "The checkpoint after step {step} of {job} does not fit: its {what} was {made}, "
    "and {asked} is asked for. Ask for the same, or render from the beginning.",
    "receipt-missing": "{file} cannot be replayed ({fault}). Name a PNG or MP4 of Darkroom's, as it was posted.",
    "clip-large": "The clip of {model} has {bytes} bytes at the coarsest quality, and {limit} may be sent. "
    "Ask for fewer frames or a smaller size.",
    "picture-black": "{model} made an empty picture ({cause}). Try another prompt, seed or guidance.",
    "picture-size": "{model} made {got} where {asked} was asked for. Ask for another size.",
    "out-of-memory": "The memory is full ({fault}). Close what else uses it, or ask for a smaller picture.",
    "render-failed": "{model} failed while rendering ({fault}). Try again; report it if it stays.",
}


def sentence(kind: str, facts: Facts) -> str:
    """The words for this kind; a kind of a later version is told with its bare facts."""
    words = _SENTENCES.get(f"{kind}-{facts.get('source')}") or _SENTENCES.get(kind)
    if words is None:
        return f"The engine says {kind}: {facts}. Upgrade this program to read more."
    sizes = {name: decimal(int(count)) for name in _SIZES if (count := facts.get(name)) is not None}
    return words.format(**{**facts, **sizes})
