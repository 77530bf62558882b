"""The sentences staff may change on the settings page: read from these modules, so that none is forgotten.

Not among them: what is said in danger, what residents agree to (its version is kept with every yes), names of buttons.
"""

import ast
from functools import cache
from pathlib import Path

from bot.services.wording import Sentence

NOT_TO_CHANGE = ("__init__", "alarm", "catalogue", "crisis", "other_languages")
AGREEMENTS = ("consent", "ask_consent", "privacy", "what_it_is")


@cache
def sentences() -> tuple[Sentence, ...]:
    """Every sentence that may be changed, in the order of the conversation's parts."""
    kept = {words for name in NOT_TO_CHANGE for words in _said_in(Path(__file__).with_name(f"{name}.py"))}
    found: dict[str, Sentence] = {}
    for module in sorted(Path(__file__).parent.glob("*.py")):
        if module.stem not in NOT_TO_CHANGE:
            for words in _said_in(module):
                if "。" in words and words not in kept:
                    found.setdefault(words, Sentence(module.stem, words))
    return tuple(found.values())


def _said_in(module: Path) -> list[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return [
        call.args[0].value
        for function in tree.body
        if not (isinstance(function, ast.FunctionDef) and function.name in AGREEMENTS)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "_"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]
