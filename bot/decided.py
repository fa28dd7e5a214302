"""What counts when several people judge one picture. The one rule, which the ledger's SQL is held against."""

from collections import Counter
from collections.abc import Mapping

from bot.judged import Verdict


def decided(asker: int, opinions: Mapping[int, Verdict]) -> Verdict | None:
    """Whoever asked for the picture decides; without a word of theirs, what more than half of the others think.

    `opinions` are the current verdicts by person. None is open: nobody judged it, or no verdict has more than half.
    """
    if asker in opinions:
        return opinions[asker]
    for verdict, count in Counter(opinions.values()).items():
        if 2 * count > len(opinions):
            return verdict
    return None
