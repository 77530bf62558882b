"""Everyday questions of Kakogawa, in dialect, kana and with mistakes: the right entry first, or no guess."""

import pytest

from knowledge.library import Library

RIGHT_FIRST = [
    ("母の物忘れがひどくて、どこに相談したらいい?", {"monowasure"}),
    ("電気代が払えへん", {"kurashi", "kurashi-support"}),
    ("うちの子が学校に行かれへん", {"futoko"}),
    ("ほうかつしえんせんたー どこ", {"hokatsu"}),
    ("くるまいす かりたい", {"kurumaisu"}),
    ("ぼらんてぃあしたい", {"volunteer"}),
    ("せいかつほごをうけたい", {"seikatsuhogo"}),
    ("夜中に子どもが高い熱を出した", {"yakan", "byoji"}),
    ("旦那がどなって物を投げる", {"dv"}),
    ("息子が十年も部屋から出てきません", {"hikikomori"}),
    ("借金で首が回らん", {"shakkin"}),
    ("通販でだまされたかもしれん", {"sagi"}),
    ("手話サークルに入りたい", {"shuwa"}),
    ("赤ちゃんと行けるとこある?", {"hiroba"}),
    ("免許返したから買い物に行かれへん", {"kaimono"}),
    ("介護でもうへとへとや", {"kaigo-tsukare"}),
    ("民生委員さんて誰に聞いたらわかるん", {"minsei"}),
    ("使わなくなった服を寄付したい", {"zenin"}),
    ("クーリングオフのやり方", {"sagi"}),
    ("家賃が払えなくなりそう", {"yachin"}),
]
NOT_GUESSED = ["こんにちは", "野球の結果", "おはよう", "あああああ", "👍", "1+1は?"]


@pytest.mark.parametrize(("question", "right"), RIGHT_FIRST, ids=[question for question, _ in RIGHT_FIRST])
def test_the_right_entry_is_among_the_first_two(town, question, right):
    found = town.parts.library.search(question, now=town.clock.now())
    assert found.outcome in ("sure", "perhaps")
    assert right & {hit.entry.id for hit in found.hits[:2]}, [hit.entry.id for hit in found.hits[:4]]


@pytest.mark.parametrize("chatter", NOT_GUESSED)
def test_what_is_no_question_is_not_answered_with_a_guess(town, chatter):
    assert town.parts.library.search(chatter, now=town.clock.now()).outcome == "unknown"


def test_a_change_by_another_process_is_seen_within_two_seconds(any_town):
    import time

    from bot.store.engine import Store
    from bot.store.knowledge import Answer
    from knowledge import entries
    from tests.town import KEY, START

    here = any_town.parts.library
    here.search("温泉旅行の福引", now=START)
    elsewhere = Store(any_town.settings.database_url, [KEY])
    with elsewhere.turn() as session:
        facts = {
            "question": "温泉旅行の福引はどこでできますか",
            "answer": "社協にお電話ください。",
            "status": "published",
        }
        assert entries.keep(session, Answer, "fukubiki", facts, now=START) == "added"
    elsewhere.close()
    until = time.monotonic() + 2
    while time.monotonic() < until:
        found = here.search("温泉旅行の福引", now=START)
        if found.hits and found.hits[0].entry.id == "fukubiki":
            break
        time.sleep(0.05)
    assert found.hits[0].entry.id == "fukubiki"


def test_every_change_keeps_how_it_was(town):
    from bot.store.knowledge import Change, Resource
    from knowledge import entries
    from tests.town import START

    with town.store.turn() as session:
        assert entries.keep(session, Resource, "shakyo", {"name": "新しい名前"}, now=START, staff_id=7) == "changed"
        assert entries.keep(session, Resource, "shakyo", {"name": "新しい名前"}, now=START, staff_id=7) == "unchanged"
    with town.store.reading() as session:
        kept = session.query(Change).filter_by(entry_id="shakyo", staff_id=7).one()
        assert kept.before["name"].startswith("加古川市社会福祉協議会")
        assert kept.after["name"] == "新しい名前"


def test_an_empty_base_answers_unknown(tmp_path):
    from bot.store import migrate
    from bot.store.engine import Store
    from tests.town import KEY, START

    url = f"sqlite:///{tmp_path / 'empty.db'}"
    migrate.upgrade(url)
    assert Library(Store(url, [KEY])).search("電気代", now=START).outcome == "unknown"
