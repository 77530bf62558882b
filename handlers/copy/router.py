"""Words that hold in every conversation: back, cancel, menu, old buttons."""

from bot.conversation import Text
from handlers.copy import _
from handlers.copy.menu import button_is_old, stopped

__all__ = ["back", "back_words", "button_is_old", "cancel", "cancel_words", "menu_words", "still_open", "stopped"]


def back() -> str:
    return _("もどる")


def cancel() -> str:
    return _("やめる")


def still_open() -> Text:
    return Text(
        _("書きかけのものが、のこっています。つづきをどうぞ。はじめからにするときは「やめる」を押してください。")
    )


def back_words() -> frozenset[str]:
    """Folded to hiragana, as the router compares."""
    return frozenset({"もどる", "戻る", "もどって", "back"})


def cancel_words() -> frozenset[str]:
    return frozenset({"やめる", "やめた", "やめたい", "きゃんせる", "中止", "cancel", "やっぱりやめる"})


def menu_words() -> frozenset[str]:
    return frozenset({"めにゅ", "めにゅー", "menu", "はじめから", "最初から", "へるぷ"})
