"""Is somebody in danger? Read before every turn, whoever owns the thread and whatever flow is open.

`look` reads one text and says whether it is a crisis, of which kind, or whether to ask gently. `lines_for` names the
resources whose numbers belong to that kind, most urgent first.
"""

from bot.services.crisis.detect import KINDS, SEVERITY_OF, Finding, learn, look, warm_up
from bot.services.crisis.lines import lines_for

__all__ = ["KINDS", "SEVERITY_OF", "Finding", "learn", "lines_for", "look", "warm_up"]
