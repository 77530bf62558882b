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
from typing import Any

from bot.conversation import Action, Message, Reply, SharePlace, Tap, Turn
from bot.services import worries
from bot.store.knowledge import Answer, Resource
from handlers import handoff, profile
from handlers.copy import common
from handlers.copy import lookup as say
from handlers.copy import profile as say_profile
from handlers.copy import treasure as say_treasure
from knowledge import asked
from knowledge.search.index import Hit, distance

PAGE = 4
MOST_CHOICES = 4
ALMOST_AS_GOOD = 0.6  # of the best one's confidence: what is shown beside a sure hit
PLACES = ("居場所・サロン", "子育て", "ボランティア")


def find(turn: Turn) -> Reply | None:
    """The reply to a question; None when nothing was found."""
    return _search(turn, turn.said, seen=[], tries=0)


def _search(turn: Turn, query: str, *, seen: list[str], tries: int) -> Reply | None:
    found = turn.library.search(query, now=turn.now, areas=profile.names_around(turn), exclude=seen)
    good = [hit for hit in found.hits if hit.score >= ALMOST_AS_GOOD * found.hits[0].score][:PAGE]
    _count_what_was_looked_for(turn, found.hits if found.outcome != "unknown" else ())
    if found.outcome == "sure":
        return _show(turn, query, good, seen=seen, tries=tries)
    if found.behind_draft:
        return Reply(say.ask_the_office(turn.council), (*common.people_choices(), *_more(query, bool(good))))
    if found.outcome == "perhaps":
        rows = _rows(turn, found.hits[:MOST_CHOICES])
        _remember(turn, query, seen, tries)
        choices = (*say.choose(rows), Tap(say.no_one_of_these(), "lookup.not_this", ""), *common.people_choices())
        return Reply(say.might_be(), choices)
    return None


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
    shown: list[Resource | Answer] = []
    for one in [*rows[:1], *linked, *rows[1:]]:
        if one not in shown:
            shown.append(one)
    _remember(turn, query, [*seen, *keys], tries)
    distances = {hit.entry.key: hit.kilometres for hit in hits}
    kilometres = [distances.get(_key(one)) for one in shown[:6]]
    cards = say.cards(shown[:6], now=turn.now, kilometres=kilometres, council=turn.council)
    words: tuple[Message, ...] = (say.here_it_is(len(shown[:6])), cards)
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
    row = _row(turn, turn.choice)
    if row is None:
        return Reply(say.no_more(), common.menu_choices())
    shown = [row, *(_linked(turn, row) if isinstance(row, Answer) else [])]
    return Reply(say.cards(shown, now=turn.now, council=turn.council), _after_cards(turn.choice))


def show_more(turn: Turn) -> Reply:
    memory = _memory(turn)
    if not memory.get("query"):
        return Reply(say.ask_category(), topic_choices(turn))
    found = turn.library.search(memory["query"], now=turn.now, areas=profile.names_around(turn), exclude=memory["seen"])
    hits = [hit for hit in found.hits if hit.score > 0.05][:PAGE]
    if not hits:
        return Reply(say.no_more(), (*common.people_choices(), *topic_choices(turn)[:8]))
    return _show(turn, memory["query"], hits, seen=memory["seen"], tries=memory.get("tries", 0))


def hear_helped(turn: Turn) -> Reply:
    if turn.choice:
        asked.note_verdict(turn.session, turn.choice, helped=True, on=turn.today)
    return Reply(say.glad_it_helped(), common.menu_choices())


def hear_not_this(turn: Turn) -> Reply:
    """「ちがう」: the next best, and the second time a person."""
    memory = _memory(turn)
    if turn.choice:
        asked.note_verdict(turn.session, turn.choice, helped=False, on=turn.today)
    tries = memory.get("tries", 0) + 1
    if not memory.get("query") or tries >= 2:
        if memory.get("query"):
            words = worries.without_names(memory["query"])  # the question is kept, not who asked it
            area_id = turn.resident.area_id
            asked.note_unanswered(turn.session, words, area_id=area_id, on=turn.today, because="not_this")
        _remember(turn, "", [], 0)
        return handoff.after_two_misses(turn)
    found = turn.library.search(memory["query"], now=turn.now, areas=profile.names_around(turn), exclude=memory["seen"])
    hits = [hit for hit in found.hits if hit.score > 0.05][:PAGE]
    if not hits:
        return Reply(say.shall_a_person_help(turn.council), (*common.people_choices(), *topic_choices(turn)[:8]))
    reply = _show(turn, memory["query"], hits, seen=memory["seen"], tries=tries)
    return Reply((say.sorry_not_this(), reply.said[-1]), reply.choices)


def ask_category(turn: Turn) -> Reply:
    return Reply(say.ask_category(), topic_choices(turn))


def topic_choices(turn: Turn) -> tuple[Action, ...]:
    return tuple(Tap(row.name, "lookup.category", row.id) for row in turn.library.categories(turn.session)[:12])


def show_category(turn: Turn) -> Reply:
    name = next((row.name for row in turn.library.categories(turn.session) if row.id == turn.choice), "")
    if not name:
        return Reply(say.no_more(), common.menu_choices())
    asked.note_looked_for(turn.session, name, area_id=turn.resident.area_id, on=turn.today)
    rows = turn.library.browse(turn.session, category=name, areas=profile.names_around(turn))[:10]
    cards = say.cards(rows, now=turn.now, council=turn.council)
    return Reply((say.here_it_is(len(rows)), cards), (*common.people_choices(), *topic_choices(turn)[:8]))


def places(turn: Turn) -> Reply:
    """地域の居場所・行事: gathering places of the resident's area first."""
    rows = turn.library.browse(turn.session, category=PLACES[0], areas=profile.names_around(turn))[:8]
    if not rows:
        return ask_category(turn)
    cards = say.cards(rows, now=turn.now, council=turn.council)
    ways = (
        SharePlace(say_profile.send_place()),
        Tap(say_profile.change_area(), "profile.area"),
        Tap(say_treasure.tell_us(), "treasure.tell"),
        *common.menu_choices(),
    )
    return Reply((say.here_it_is(len(rows)), cards), ways)


def near(turn: Turn) -> Reply:
    """A sent location: the nearest places, whatever they are."""
    rows = [
        row for row in turn.library.browse(turn.session) if row.latitude is not None and row.category != "医療・健康"
    ]
    placed = sorted(((_away(turn, row), row) for row in rows), key=lambda pair: pair[0])[:6]
    if not placed:
        return ask_category(turn)
    cards = say.cards(
        [row for _, row in placed], now=turn.now, kilometres=[away for away, _ in placed], council=turn.council
    )
    return Reply((say.nearest(), cards), common.menu_choices())


def _away(turn: Turn, row: Resource) -> float:
    assert turn.place is not None and row.latitude is not None and row.longitude is not None
    return distance(turn.place.latitude, turn.place.longitude, row.latitude, row.longitude)


# ── what was shown, so that 「ほかを見る」 and 「ちがう」 can go on; no words travel through LINE's buttons ──


def _remember(turn: Turn, query: str, seen: list[str], tries: int) -> None:
    turn.thread.last_lookup = {"query": query, "seen": seen[-40:], "tries": tries}


def _memory(turn: Turn) -> dict[str, Any]:
    return turn.thread.last_lookup or {}


def _rows(turn: Turn, hits: Sequence[Hit]) -> list[Resource | Answer]:
    found: list[Resource | Answer] = turn.library.read(turn.session, [hit.entry.key for hit in hits])
    return found


def _row(turn: Turn, key: str) -> Resource | Answer | None:
    kind, _, entry_id = key.partition("/")
    if kind == "answer":
        found: Answer | None = turn.library.answer(turn.session, entry_id)
        return found
    resource: Resource | None = turn.library.resource(turn.session, entry_id)
    return resource


def _linked(turn: Turn, *answers: Answer) -> list[Resource]:
    keys = [f"resource/{one}" for answer in answers for one in answer.resources]
    linked: list[Resource] = turn.library.read(turn.session, keys)
    return linked


def _key(row: Resource | Answer) -> str:
    return f"{row.__tablename__}/{row.id}"
