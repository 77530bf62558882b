"""How much a sentence sounds like danger, learnt from `examples.toml`: for words that no rule foresaw.

Meaning, letters and the readable signs of `cues.toml` are weighed by a linear model (`knowledge.search.examples`). The
rules of `rules.toml` are signs too, so that the model learns where they are right and where they are not.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.search.examples import Examples
from knowledge.search.sentences import default_encoder

HERE = Path(__file__).parent
BENIGN = "benign"
CUES_WEIGH = 0.3
Hits = Callable[[str], Sequence[float]]


@dataclass(frozen=True)
class Danger:
    """How dangerous a sentence sounds (about 1: surely; 0 or less: not at all), and of which kind."""

    score: float
    kind: str


class Learnt:
    """The model, made once in a process. `hits` tells which rules met a folded text; `fold` folds it."""

    def __init__(self, fold: Callable[[str], str], hits: Hits) -> None:
        told = tomllib.loads((HERE / "examples.toml").read_text(encoding="utf-8"))
        pairs = [(text, kind) for kind, texts in told.items() for text in texts]
        signs = _signs()

        def cues(text: str) -> list[float]:
            folded = fold(text)
            seen = {name: float(sign.search(folded) is not None) for name, sign in signs.alone.items()}
            both = (seen[one] * seen[other] for one, other in signs.together)
            return [CUES_WEIGH * value for value in (*seen.values(), *both, *hits(folded))]

        self._model = Examples(
            [text for text, _ in pairs],
            [kind for _, kind in pairs],
            default_encoder(),
            otherwise=BENIGN,
            cues=cues,
            letters=1.0,
        )
        self._benign = self._model.labels.index(BENIGN)

    def listen(self, texts: Sequence[str]) -> list[Danger]:
        """One judgement for each text."""
        judged = []
        for scores in self._model.scores(texts):
            kinds = [(float(score), kind) for score, kind in zip(scores, self._model.labels, strict=True)]
            benign = float(scores[self._benign])
            judged.append(Danger(1 - benign, max(one for one in kinds if one[1] != BENIGN)[1]))
        return judged


def signs_of_danger(folded: str) -> list[str]:
    """The names of the signs in a folded text that speak of danger by themselves."""
    signs = _signs()
    return [name for name in signs.danger if signs.alone[name].search(folded)]


@dataclass(frozen=True)
class _Signs:
    danger: tuple[str, ...]
    alone: dict[str, re.Pattern[str]]
    together: tuple[tuple[str, str], ...]


@cache
def _signs() -> _Signs:
    told = tomllib.loads((HERE / "cues.toml").read_text(encoding="utf-8"))
    alone = {name: re.compile(pattern) for name, pattern in told["signs"].items()}
    return _Signs(tuple(told["danger"]), alone, tuple((one, other) for one, other in told["together"]))
