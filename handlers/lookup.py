"""Where to get help: a question in everyday words, answered with cards.

resident  電気代が払えへん
bot       こちらに相談できます。
bot       (cards: くらしサポート相談窓口 …)                [役に立った] [ちがう] [ほかを見る] [人に相談する]
resident  ちがう
bot       ちがいましたね。すみません。ほかの所を見てみます。 (more cards)
resident  ちがう
bot       お役に立てず、すみません。人と話してみませんか。    [人に相談する]
"""

from collections.abc import Sequence

from bot.conversation import Action, Message, Reply, Tap, Turn
from bot.services import worries
from bot.store.knowledge import Answer, Resource
from handlers import browse, handoff, looked_at, profile
from handlers.copy import common
from handlers.copy import lookup as say
from knowledge import asked
from knowledge.library import Found
from knowledge.search.confidence import PERHAPS
from knowledge.search.index import Hit

PAGE = 4
MOST_CARDS = 6
MOST_CHOICES = 4
ALMOST_AS_GOOD = 0.6  # of the best one's confidence: what is shown beside a sure hit
MIGHT_BE = 0.4  # the same: what is asked about beside the likeliest
STILL_SHOWN = 0.1  # the same after 「ほかを見る」


def find(turn: Turn) -> Reply | None:
    """The reply to a question; None when nothing was found."""
    return _search(turn, turn.said, seen=[], tries=0)


def _search(turn: Turn, query: str, *, seen: list[str], tries: int) -> Reply | None:
    found = _found(turn, query, seen)
    good = [hit for hit in found.hits if hit.score >= ALMOST_AS_GOOD * found.hits[0].score][:PAGE]
    _count_what_was_looked_for(turn, found.hits if found.outcome != "unknown" else ())
    if found.outcome == "sure":
        return _show(turn, query, good, seen=seen, tries=tries)
    if found.behind_draft:
        looked_at.question(turn, query, seen=seen, tries=tries)
        return Reply(say.ask_the_office(turn.council), (*common.people_choices(), *_more(query, bool(good))))
    if found.outcome == "perhaps":
        asked_about = [hit for hit in found.hits if hit.score >= MIGHT_BE * found.hits[0].score][:MOST_CHOICES]
        looked_at.question(turn, query, seen=[*seen, *(hit.entry.key for hit in asked_about)], tries=tries)
        ways = (Tap(say.no_one_of_these(), "lookup.not_this", ""), *common.people_choices())
        return Reply(say.might_be(), (*say.choose(_rows(turn, asked_about)), *ways))
    return None


def _found(turn: Turn, query: str, seen: Sequence[str]) -> Found:
    latitude, longitude = looked_at.place(turn) or (None, None)
    found: Found = turn.library.search(
        query,
        now=turn.now,
        areas=profile.names_around(turn),
        latitude=latitude,
        longitude=longitude,
        exclude=seen,
    )
    return found


def _count_what_was_looked_for(turn: Turn, hits: Sequence[Hit]) -> None:
    """Counted by category, area and day for the staff page; never with words or who."""
    category = hits[0].entry.category if hits else ""
    asked.note_looked_for(turn.session, category, area_id=turn.resident.area_id, on=turn.today)


def _more(query: str, are_there: bool) -> tuple[Action, ...]:
    return (Tap(say.show_more(), "lookup.more"),) if query and are_there else ()


def _show(turn: Turn, query: str, hits: Sequence[Hit], *, seen: list[str], tries: int) -> Reply:
    rows = _rows(turn, hits)
    keys = [hit.entry.key for hit in hits]
    linked = _linked(turn, *(one for one in rows if isinstance(one, Answer)))
    of_the_best = [one for one in linked if isinstance(rows[0], Answer) and one.id in rows[0].resources]
    shown = list(dict.fromkeys([*rows[:1], *of_the_best, *rows[1:]]))  # the others' are buttons on their cards
    looked_at.question(turn, query, seen=[*seen, *keys], tries=tries)
    distances = {hit.entry.key: hit.kilometres for hit in hits}
    kilometres = [distances.get(_key(one)) for one in shown[:MOST_CARDS]]
    cards = say.cards(shown[:MOST_CARDS], now=turn.now, kilometres=kilometres, linked=linked, council=turn.council)
    words: tuple[Message, ...] = (say.here_it_is(len(shown[:MOST_CARDS])), cards)
    return Reply(words, _after_cards(keys[0]))


def _after_cards(key: str) -> tuple[Action, ...]:
    return (
        Tap(say.helped(), "lookup.helped", key),
        Tap(say.not_this(), "lookup.not_this", key),
        Tap(say.show_more(), "lookup.more"),
        *common.people_choices(),
    )


def show_one(turn: Turn) -> Reply:
    """One of the 「もしかして」 was tapped."""
    row = next(iter(_read(turn, turn.choice)), None)
    if row is None:
        return Reply(say.not_there_any_more(), common.menu_choices())
    shown = [row, *(_linked(turn, row) if isinstance(row, Answer) else [])]
    return Reply(say.cards(shown, now=turn.now, council=turn.council), _after_cards(turn.choice))


def show_more(turn: Turn) -> Reply:
    """The next of what was asked for, or of what is looked through."""
    if (page := browse.more(turn)) is not None:
        return page
    kept = looked_at.last(turn)
    if not kept.get("query"):
        return browse.ask_category(turn)
    hits = [hit for hit in _found(turn, kept["query"], kept["seen"]).hits if hit.score >= STILL_SHOWN][:PAGE]
    if not hits:
        return Reply(say.no_more(), _people_and_topics(turn))
    return _show(turn, kept["query"], hits, seen=kept["seen"], tries=kept["tries"])


def hear_helped(turn: Turn) -> Reply:
    if turn.choice:
        asked.note_verdict(turn.session, turn.choice, helped=True, on=turn.today)
    return Reply(say.glad_it_helped(), common.menu_choices())


def hear_not_this(turn: Turn) -> Reply:
    """「ちがう」: the next best, and the second time a person. The question is kept, not who asked it."""
    kept = looked_at.last(turn)
    query, tries = kept.get("query", ""), kept.get("tries", 0) + 1
    if turn.choice:
        asked.note_verdict(turn.session, turn.choice, helped=False, on=turn.today)
    if query and tries == 1:
        words = worries.without_names(query)
        asked.note_unanswered(turn.session, words, area_id=turn.resident.area_id, on=turn.today, because="not_this")
    if not query or tries >= 2:
        looked_at.question(turn, "", seen=[], tries=0)
        return handoff.after_two_misses(turn)
    hits = [hit for hit in _found(turn, query, kept["seen"]).hits if hit.score >= PERHAPS][:PAGE]
    if not hits:
        looked_at.question(turn, query, seen=kept["seen"], tries=tries)
        return Reply(say.shall_a_person_help(turn.council), _people_and_topics(turn))
    reply = _show(turn, query, hits, seen=kept["seen"], tries=tries)
    return Reply((say.sorry_not_this(), reply.said[-1]), reply.choices)


def buttons() -> tuple[Action, ...]:
    """What stands under cards and choices, for who types the words instead."""
    more = tuple(Tap(words, "lookup.more") for words in say.more_words())
    return (*more, Tap(say.helped(), "lookup.helped"), Tap(say.no_one_of_these(), "lookup.not_this"))


def _people_and_topics(turn: Turn) -> tuple[Action, ...]:
    people = common.people_choices()
    return (*people, *browse.topic_choices(turn, room=browse.MOST_CHOICES - len(people)))


def _rows(turn: Turn, hits: Sequence[Hit]) -> list[Resource | Answer]:
    return _read(turn, *(hit.entry.key for hit in hits))


def _read(turn: Turn, *keys: str) -> list[Resource | Answer]:
    """What may be shown of these: an event found yesterday may be over today."""
    rows: list[Resource | Answer] = turn.library.read(turn.session, keys)
    return [one for one in rows if isinstance(one, Answer) or one.ends_on is None or one.ends_on >= turn.today]


def _linked(turn: Turn, *answers: Answer) -> list[Resource]:
    keys = [f"resource/{one}" for answer in answers for one in answer.resources]
    return [one for one in _read(turn, *keys) if isinstance(one, Resource)]


def _key(row: Resource | Answer) -> str:
    return f"{row.__tablename__}/{row.id}"
