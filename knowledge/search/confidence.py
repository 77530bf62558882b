"""How sure we may be that an entry answers a question, and which of the three outcomes follows.

Built from features that do not depend on how many entries there are: how near the question is in meaning to the
nearest way of asking, which part of its words the entry holds, and whether it is named outright.
"""

from collections.abc import Sequence
from math import exp
from typing import Literal

SURE = 0.62
PERHAPS = 0.38


def of(*, likeness: float, covered: float, named: float) -> float:
    """The confidence, from 0 to 1. `likeness` is a cosine, `covered` and `named` go from 0 to 1."""
    shares_nothing = 1.2 if covered == 0 and named == 0 else 0.0  # the meaning of a mere 「おはよう」 proves little
    return 1 / (1 + exp(-(7.0 * (likeness - 0.5) + 3.0 * (covered - 0.35) + 3.0 * named - shares_nothing)))


def outcome(scores: Sequence[float]) -> Literal["sure", "perhaps", "unknown"]:
    """The outcome for the hits' confidences, best-ranked first."""
    best = max(scores[:3], default=0.0)
    if best >= SURE:
        return "sure"
    return "perhaps" if best >= PERHAPS else "unknown"
