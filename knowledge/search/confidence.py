"""How sure we may be that an entry answers a question, and which of the three outcomes follows.

Built from features that do not depend on how many entries there are: how near the question is in meaning to the
nearest way of asking, which part of its words the entry holds, whether it is named outright, and whether a question of
nouns alone names a thing of which the entry says nothing: 「お墓の値段」 is not answered by what is said of お墓.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from knowledge.search.lexical import Scores

SURE = 0.62
PERHAPS = 0.35


def of(*, likeness: Scores, covered: Scores, named: Scores, wholly: Scores, lacking: Scores) -> Scores:
    """The confidences, from 0 to 1. `likeness` is a cosine; the others go from 0 to 1: `wholly` named, `lacking` one
    of the nouns that are all the question says.
    """
    shares_nothing = 1.2 * ((covered == 0) & (named == 0))  # the meaning of a mere 「おはよう」 proves little
    other_thing = 2.5 * lacking * (1 - named)
    signs = 7.0 * (likeness - 0.5) + 3.0 * (covered - 0.35) + 3.0 * named + 2.5 * wholly
    found: Scores = 1 / (1 + np.exp(-(signs - shares_nothing - other_thing)))
    return found


def outcome(scores: Sequence[float]) -> Literal["sure", "perhaps", "unknown"]:
    """The outcome for the hits' confidences, best-ranked first."""
    best = max(scores[:3], default=0.0)
    if best >= SURE:
        return "sure"
    return "perhaps" if best >= PERHAPS else "unknown"
