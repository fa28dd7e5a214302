"""What is wrong in a batch file, as a sentence for each kind; the place comes before these."""

OF_FILES = {
    "watched-folder": "The watched folder {folder} cannot be read ({fault}). Check on the bot's machine that it is "
    "there and may be read; I go on by myself then.",
    "watched-git": "The watched repository {folder} cannot be brought up to date ({fault}). Try `git pull` in it on "
    "the bot's machine; what lies there is taken all the same.",
    "batch-unreadable": "The file cannot be read ({why}). Check that the bot's user may read it.",
    "batch-encoding": "The file is not UTF-8 text. Save it as UTF-8 and send it again.",
    "batch-nul": "There is a NUL character in the file. Save it as plain UTF-8 text and send it again.",
    "batch-syntax": "This is not {format}: {why}. Correct the line and send the file again.",
    "batch-not-a-list": "The file must be a list of items such as "
    '[{{"slug": "red-boat", "prompt": "a red boat on the sea"}}], or an object with defaults and items. Correct it and '
    "send it again.",
    "batch-empty": "The list has no items. Add at least one and send the file again.",
    "batch-too-many": "The list has {count} items or more, and at most {most} are taken at once. Split the file.",
    "batch-too-many-pictures": "The items ask for {count} pictures together, and at most {most} are taken at once. "
    "Split the file, or ask for fewer of each.",
    "batch-too-large": "The file has {bytes:size} and at most {most:size} are read. Split the file.",
    "batch-too-deep": "More than {most} levels of lists and objects lie within one another. Write each item as one "
    "flat object.",
    "batch-alias": "An alias (*) stands for something written elsewhere, and none are followed. Write out what it "
    "stands for, or put it under defaults.",
    "batch-tag": "Tags such as {tag} are not followed. Write the value without one.",
    "item-too-large": "The item has more than {most} fields or values. Keep those that are known.",
    "csv-cells": "The row has {cells} cells under {names} names. Put text that has a separator in it in double quotes.",
    "batch-not-an-item": "An item must be an object with a slug and a prompt. Correct it and send the file again.",
    "batch-bad-defaults": "defaults must be an object of fields, without slug and prompt. Correct it and send the file "
    "again.",
    "field-unknown": "No such field is known. The nearest are {near}. All there are: {known}.",
    "field-missing": "It is missing. Add it to the item.",
    "field-twice": "It stands twice in the same item. Keep one of the two.",
    "number-small": "It must be {least} or more. Correct the value.",
    "number-large": "It must be {most} or less. Correct the value.",
    "aspect-twice": "A proportion says already what width and height would say. Keep the aspect, or the two sides.",
    "aspect-range": "{model} draws nothing near {aspect}. Try {nearest}.",
    "prompt-twice": "prompt and text mean the same. Keep one of the two.",
    "field-type": "It must be {wanted}. Correct the value.",
    "cluster-differs": "Item {first} of the cluster “{cluster}” has it otherwise, and its members share it. Say it "
    "once, or the same in each.",
    "reference-unknown": "There is no picture “{reference}” of yours or of this channel. The nearest of yours: {near}.",
    "reference-absent": "{reference} did not come along. Attach it under this name, or lay it beside the file. There "
    "is: {near}.",
    "slug-twice": "Item {first} has the slug “{slug}” already. Give each item its own.",
}
