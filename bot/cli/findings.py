"""What a check found of one part, and how a list of them is told."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`part` is what was looked at, `about` the tower it belongs to, if any."""

    part: str
    well: bool
    sentence: str
    about: str = ""


def all_well(findings: Sequence[Finding]) -> bool:
    return all(finding.well for finding in findings)


def as_lines(findings: Sequence[Finding]) -> str:
    """For a person: the word before each sentence says it too, so that nothing hangs on a colour or sign."""
    width = max(len(finding.part) for finding in findings)
    return "\n".join(f"{'ok ' if one.well else 'BAD'}  {one.part:<{width}}  {one.sentence}" for one in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """`{"well": bool, "findings": [{"part", "well", "sentence", "about"}]}`"""
    found = [asdict(finding) for finding in findings]
    return json.dumps({"well": all_well(findings), "findings": found}, ensure_ascii=False, indent=1)
