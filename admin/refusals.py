"""What the council would not do, told to staff: services raise named errors, each page has its own sentence."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from flask import flash

Sentences = Mapping[type[Exception], str | Callable[[Any], str]]


class refusals_told:
    """Around a service's verb: what it refuses is flashed in the page's words, and the view goes on behind the block.

        with refusals_told({cases.NothingSaid: "メモを書いてください。"}):
            case_notes.add(…)
            flash("メモを書きました。", "success")
        return redirect(…)

    `wrong`: what whoever pressed can put right. `overtaken`: nobody's mistake; a colleague was faster, or it is done.
    A sentence may be a function of the error, which knows who or what. An error named in neither goes on its way.
    """

    def __init__(self, wrong: Sentences | None = None, *, overtaken: Sentences | None = None) -> None:
        self.told = [(error, words, "error") for error, words in (wrong or {}).items()]
        self.told += [(error, words, "info") for error, words in (overtaken or {}).items()]

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, raised: BaseException | None, _trace: TracebackType | None) -> bool:
        for error, words, how in self.told:
            if isinstance(raised, error):
                flash(words if isinstance(words, str) else words(raised), how)
                return True
        return False
