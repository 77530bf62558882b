"""When nothing fits: never "I don't understand" alone, but the closest topics and people.

resident  あれってどうなったん
bot       すみません、ぴったりの所が見つかりませんでした。…      [子育て] … [人に相談する] [匿名で知らせる]
"""

from bot.conversation import Reply, Turn
from bot.services import worries
from handlers import browse
from handlers.copy import common
from handlers.copy import lookup as say
from knowledge import asked


def offer(turn: Turn) -> Reply:
    words = worries.without_names(turn.said)  # the question is kept, not who asked it
    asked.note_unanswered(turn.session, words, area_id=turn.resident.area_id, on=turn.today)
    people = common.people_choices()
    return Reply(
        say.found_nothing(turn.council), (*people, *browse.topic_choices(turn, room=browse.MOST_CHOICES - len(people)))
    )
