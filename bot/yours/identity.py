"""Names for what comes from elsewhere, always the same ones, so that what was taken in before is recognised. Pure."""

import hashlib
import json

from bot.clock import written

_DIGEST_BITS = 35  # the random part of other ids


def digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, default=str).encode()).hexdigest()


def job_id(at: float, digest: str) -> str:
    """Sorts by time among all other jobs."""
    return written((int(at * 1000) << _DIGEST_BITS) | int(digest, 16) % 2**_DIGEST_BITS)


def message_of(job: str) -> int:
    """What stands for a message where there is none: below zero, which no message of Discord is."""
    return -1 - int(digest("message", job)[:15], 16)
