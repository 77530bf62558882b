"""Somebody who writes another language gets a few words in it, and the resources for people from abroad.

resident  Can you speak English?
bot       This service answers in Japanese. …          (cards: resources for people from abroad)
"""

from bot.conversation import Message, Reply, Turn
from handlers.copy import common
from handlers.copy import lookup as say_lookup
from handlers.copy import other_languages as say
from knowledge import browsing

CATEGORY = "外国人"
VIETNAMESE = set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
PORTUGUESE = {"você", "fala", "português", "preciso", "ajuda", "olá", "obrigado", "obrigada", "não", "por", "favor"}
CHINESE = set("吗们这说请谁呢么给电话帮费钱没")


def is_foreign(text: str) -> bool:
    """Whether the text is written in a language other than Japanese (a word or two of Latin letters is not)."""
    return bool(language_of(text))


def language_of(text: str) -> str:
    """`en`, `zh`, `vi`, `pt`, `ko`, or empty for Japanese and what cannot be told."""
    lowered = text.lower()
    has_kana = any("ぁ" <= sign <= "ヿ" for sign in text)
    if has_kana:
        return ""
    if any("가" <= sign <= "힣" for sign in text):
        return "ko"
    if any(sign in VIETNAMESE for sign in lowered):
        return "vi"
    latin = [word.strip(".,!?") for word in lowered.split() if word.strip(".,!?").isalpha()]
    if PORTUGUESE & set(latin):
        return "pt"
    if sum(word.isascii() for word in latin) >= 3:
        return "en"
    return "zh" if sum(sign in CHINESE for sign in text) >= 1 and len(text) >= 3 else ""


def help_in(turn: Turn) -> Reply:
    messages: list[Message] = [say.sentence(language_of(turn.said), turn.council)]
    rows = browsing.page(turn.session, on=turn.today, category=CATEGORY, limit=5).rows
    if rows:
        messages.append(say_lookup.cards(rows, now=turn.now, council=turn.council))
    return Reply(tuple(messages), common.menu_choices())
