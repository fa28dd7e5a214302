"""The sentences for what people type into more ways of asking: styles, LoRAs, permutations, comparisons, grids."""

UNCLEAR = {
    "bad-loras": "“{loras}” cannot be read as LoRAs. Write up to {most} names with commas between them, each with its "
    "weight from -4 to 4 if you like: ink:0.8, paper.",
    "unknown-style": "There is no style “{style}”. Choose one of: {known}; `/style list` shows all.",
    "style-length": "The prompt and the words of the style “{style}” have {length} characters together, and {model} "
    "reads at most {limit}. Shorten the prompt, or leave the style out.",
    "negative-idle": "{model} does not heed a negative prompt. Leave it out and say in the prompt what is wanted "
    "instead, or choose a model that does: {known}.",
    "negative-guidance": "{model} heeds a negative prompt only with guidance above 1, and it is {guidance}. Raise the "
    "guidance ({usual}), or leave the negative out.",
    "permutations-many": "These braces make {count} pictures, and at most {most} are taken at once. Take some of the "
    "alternatives out.",
    "permutations-here": "Alternatives in braces are for `/imagine`. Keep one of them, or write a backslash in front "
    "of a brace that is meant as one.",
    "compare-twice": "A comparison is between different models, and “{model}” stands there twice. Choose another.",
    "axis-unread": "“{axis}” is not an axis. Write it as guidance: 1, 2, 4, with one of {kinds} in front.",
    "axis-value": "“{value}” cannot be {kind} in a grid. Write {wanted}, with commas between the values.",
    "axis-values": "The axis {kind} needs at least two different values. Add one behind a comma.",
    "axis-twice": "Both axes are {kind}. Choose another one for the second.",
    "axis-option": "{kind} is an axis of this grid already. Leave the option {kind} out.",
    "grid-many": "This grid has {count} pictures, and at most {most} are taken at once. Take some of the values out.",
    "batch-unknown": "There is no such batch here. Choose one that is offered as you type; `/batch list` shows them.",
    "pending-gone": "This question is older than a day. Ask once more.",
    "pending-taken": "These pictures were asked for already. Their card shows how far they are.",
    "pasted-gone": "These verdicts are not known to this ledger any more. Paste them once more.",
    "pasted-many": "At most {most} lines are read at once. Paste them in several parts.",
    "pasted-taken": "These verdicts were recorded already. Paste the lines once more to change them.",
    "preset-name": "“{name}” cannot be a style's name. Use 1 to {most} of the characters a–z, 0–9 and -, beginning "
    "with a letter or digit.",
    "preset-ships": "The style “{name}” comes with Darkroom and cannot be changed. Choose another name.",
    "preset-taken": "Somebody else saved a style as “{name}”. Choose another name, or ask a moderator to remove it.",
    "preset-twice": "The place for the prompt stands in the words more than once. Keep one of them.",
    "preset-length": "The words of the style have {length} characters and at most {limit} are kept. Shorten them.",
    "preset-empty": "There is nothing in this style yet. Give it words, settings, or a picture to take them from.",
    "bad-span": "“{span}” is no stretch of time that can be read. Write 7d, 24h, 2026-01, 2026-01-05 or "
    "2026-01-01..2026-02-01.",
    "reroll-none": "Nothing of this batch is rejected at the moment, or all of it is being drawn again already. Reject "
    "what shall be drawn again first: on its sheets, or under the pictures.",
    "sheet-unknown": "This sheet is not known to this ledger any more. `/batch review` leads to those that are.",
    "schedule-gone": "This is older than a day and was not scheduled. Ask for it once more with `/schedule add`.",
    "schedule-file": "A batch needs its file, and nothing else has one. Attach it as `file`, or leave it out.",
    "schedule-many": "One person may have {most} entries in the schedule. Take one off with `/schedule remove`.",
    "form-length": "This prompt has {length} characters, and a form holds at most {limit}. Ask with `/imagine` "
    "instead.",
}
"""By kind; `bot.texts.failures` fills them."""
