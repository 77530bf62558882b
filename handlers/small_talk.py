"""Chatting: a warm word, and the way back to what the bot is for.

resident  今日は寒いなあ
bot       お話しできてうれしいです。困っていることがあれば、ふだんの言葉で書いてください。
"""

from bot.conversation import Reply, Turn
from handlers.copy import common
from handlers.copy import small_talk as say


def chat(turn: Turn) -> Reply:
    return Reply(say.glad_to_chat(), common.menu_choices())


def goodbye(turn: Turn) -> Reply:
    return Reply(say.see_you(), common.menu_choices())
