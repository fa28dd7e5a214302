"""The words the small model knows, and what each of them means. Colours are RGB, 0..255.

A word outside this page is not an error: training mixes strange words in, so that they are passed over.
"""

COLOURS = {
    "red": (226, 58, 54),
    "orange": (245, 140, 40),
    "yellow": (250, 208, 52),
    "green": (60, 170, 80),
    "turquoise": (60, 195, 205),
    "blue": (52, 108, 220),
    "purple": (136, 72, 190),
    "pink": (245, 130, 175),
    "brown": (130, 85, 50),
    "black": (28, 28, 34),
    "gray": (140, 146, 154),
    "white": (246, 246, 246),
}

SHAPES = ("circle", "square", "triangle", "star", "heart", "diamond", "ring", "hexagon")
FLYING = ("moon", "sun", "cloud")
STANDING = ("house", "tree", "car", "cat", "flower")
SWIMMING = ("boat", "fish")
THINGS = (*SHAPES, *FLYING, *STANDING, *SWIMMING)

SETTINGS = ("sky", "sea", "hills", "desert", "mountains")
TIMES = ("day", "sunset", "night")
STYLES = ("watercolour", "poster", "blueprint", "neon")
SIDES = ("left", "right")
SIZES = ("big", "small")
MOST = 4

SAID = {
    "circle": ("circle", "circle", "ball"),
    "square": ("square", "square", "box"),
    "moon": ("moon", "moon", "crescent"),
    "boat": ("boat", "boat", "sailing boat", "ship"),
    "cat": ("cat", "cat", "cat face"),
    "ring": ("ring", "ring", "donut"),
    "gray": ("gray", "grey"),
    "purple": ("purple", "violet"),
    "turquoise": ("turquoise", "cyan"),
    "big": ("big", "large", "huge"),
    "small": ("small", "tiny", "little"),
    "left": ("on the left", "on the left", "at the left", "to the left"),
    "right": ("on the right", "on the right", "at the right", "to the right"),
    "day": ("", "", "by day", "on a sunny day"),
    "sunset": ("at sunset", "at sunset", "in the evening"),
    "night": ("at night", "at night", "under the stars"),
    "watercolour": ("watercolour", "watercolor", "a watercolour painting", "in watercolour"),
    "poster": ("poster", "a poster", "poster style"),
    "blueprint": ("blueprint", "a blueprint", "blueprint style"),
    "neon": ("night neon", "neon", "neon style", "glowing neon"),
}
"""How a meaning may be put into words, the usual ones more often."""

AFTERWARDS = {
    "big": ("big", "bigger", "larger", "huge"),
    "small": ("small", "smaller", "tiny"),
    "left": ("on the left", "to the left"),
    "right": ("on the right", "to the right"),
    "day": ("by day",),
    "sunset": ("at sunset",),
    "night": ("at night",),
}
"""The same as a wish behind everything else, as reviewers' cues are."""

PLURALS = {"box": "boxes", "fish": "fish", "sailing boat": "sailing boats", "cat face": "cat faces"}
NUMBERS = ("no", "one", "two", "three", "four")

USUAL = {
    "moon": ("yellow", "white"),
    "sun": ("yellow",),
    "cloud": ("white",),
    "star": ("yellow",),
    "heart": ("red",),
    "tree": ("green",),
    "boat": ("white",),
    "flower": ("pink",),
    "fish": ("orange",),
    "cat": ("orange", "gray"),
    "house": ("orange",),
    "car": ("red",),
}
"""The colours of a thing whose colour nobody named."""

FILLERS = tuple(  # a table of one word a line would be four screens long
    """
    beautiful cute pretty nice simple colorful colourful bright detailed masterpiece best quality highly ultra sharp
    4k 8k hd art artstation trending flat vector minimal cartoon digital photo realistic cinematic lighting please
    draw me show very my some old new calm soft warm clean lovely picture happy modern dramatic epic dog robot city
    person forest rain castle dragon river well balanced natural colors vivid muted dark centered composition rich
    detail exactly described focus clear
    """.split()  # noqa: SIM905
)
"""Words that change nothing, many of them as people write them from habit."""

PREFIXES = ("", "", "", "", "", "", "a picture of ", "a drawing of ", "an illustration of ", "a painting of ")


def known() -> tuple[str, ...]:
    """Every word that acts, for people who want to know what they may ask for."""
    said = [
        phrase
        for meaning in (*COLOURS, *THINGS, *SETTINGS, *TIMES, *STYLES, *SIDES, *SIZES, *NUMBERS[1:])
        for phrase in SAID.get(meaning, (meaning,))
    ]
    return tuple(dict.fromkeys(phrase for phrase in said if phrase))
