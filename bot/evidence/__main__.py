"""The child process: trials as JSON on standard input, the report as JSON on standard output."""

import sys

from bot.evidence.child import REPORT, TRIALS
from bot.evidence.figures import report

sys.stdout.buffer.write(REPORT.dump_json(report(TRIALS.validate_json(sys.stdin.buffer.read()))))
