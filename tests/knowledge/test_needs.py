"""What residents asked in vain: grouped by meaning, counted without showing anybody, turned into something."""

import itertools

from bot.store.areas import Area
from bot.store.knowledge import Answer, CouncilItem, UnansweredQuestion
from knowledge import asked, needs
from knowledge.search.sentences import default_encoder
from tests.town import START

TODAY = START.date()
ASKED = [
    [
        "犬の散歩を頼みたい",
        "犬のさんぽを代わってほしい",
        "犬の散歩をしてくれる人",
        "いぬのさんぽ",
        "犬の散歩してくれへん?",
    ],
    ["電球を替えてほしい", "電球の交換をたのみたい", "天井の電球が切れた", "でんきゅうをかえてほしい"],
    ["スマホの使い方教えて", "スマホの使い方を習いたい", "スマートフォンの教室", "すまほがわからん"],
    ["猫を預かってほしい", "入院中の猫の世話", "ねこをあずかってくれるとこ"],
    ["雪かきを手伝って", "ゆきかきしてほしい", "家の前の雪をどけてほしい"],
    ["お墓の掃除をしてほしい", "墓参りに行かれへん", "墓そうじを頼める人"],
    ["バスがなくて買い物に困る", "バスの本数を増やしてほしい", "コミュニティバスはないの"],
    ["墓じまいしたい"],
    ["テレビの映りが悪い", "テレビが映らへん"],
    ["補聴器の電池はどこで買える"],
    ["将棋の相手がほしい", "囲碁や将棋をする仲間", "しょうぎの相手"],
    ["空き家の草刈り", "庭の草を刈ってほしい", "草むしりしてくれる人おる?"],
]


def heard(town, questions, *, districts=None, because="unanswered") -> None:
    """Residents asked these in vain; the district of each by its place in the list, if told."""
    with town.store.turn() as session:
        areas = session.query(Area).filter_by(layer=2).order_by(Area.position).all()
        for place, words in enumerate(questions):
            area = areas[districts[place]].id if districts else None
            asked.note_unanswered(session, words, area_id=area, on=TODAY, because=because)


def test_questions_that_ask_for_the_same_come_together(town):
    heard(town, [words for same in ASKED for words in same])
    belongs = {words: place for place, same in enumerate(ASKED) for words in same}
    with town.store.reading() as session:
        groups = needs.grouped(needs.open_questions(session), default_encoder())
    found = {one.words: place for place, group in enumerate(groups) for one in group.questions}
    pairs = [
        (belongs[one] == belongs[other], found[one] == found[other])
        for one, other in itertools.combinations(belongs, 2)
    ]
    together = sum(is_put for _, is_put in pairs)
    rightly = sum(is_same and is_put for is_same, is_put in pairs)
    assert rightly / together >= 0.8
    assert rightly / sum(is_same for is_same, _ in pairs) >= 0.65
    assert len(groups[0].questions) >= 4


def test_a_resident_asks_in_vain_and_staff_make_an_answer_of_it(town, desk):
    hana = town.resident("ハナ", area="氷丘")
    for words in ("犬の散歩を頼みたい", "犬のさんぽを代わってほしい", "犬の散歩をしてくれる人 08011112222"):
        hana.says(words)
    tanaka, yamamoto = desk("counsellor"), desk("supervisor")
    with town.store.reading() as session:
        asked_in_vain = [one.id for one in session.query(UnansweredQuestion)]
        assert asked_in_vain
        assert not [one.words for one in session.query(UnansweredQuestion) if "0801" in one.words]
    page = tanaka.opens("/questions")
    assert "犬" in page and "ハナ" not in page
    settles = ",".join(map(str, asked_in_vain))
    page = tanaka.opens(f"/new/answer?settles={settles}")
    assert "犬の" in page
    fields = {"question": "犬の散歩を頼みたい", "answer": "ボランティアセンターに電話してください。",
              "resources": ["加古川市ボランティアセンター（社会福祉協議会）"],
              "source_url": "電話で聞いた", "verified_today": "yes", "settles": settles}  # fmt: skip
    tanaka.presses("/new/answer", do="save", **fields)
    assert "みんな答えられています" in tanaka.opens("/questions")
    with town.store.reading() as session:
        answer = session.query(Answer).filter_by(question="犬の散歩を頼みたい").one()
        assert answer.resources == ["volunteer-center"]
        assert {one.settled_as for one in session.query(UnansweredQuestion)} == {"entry"}
    yamamoto.presses(f"/entries/answer/{answer.id}/publish", seen=1)
    town.parts.library.refresh(at_once=True)
    hana.says("犬の散歩を頼みたい")
    hana.sees("ボランティアセンターに電話してください")


def test_the_board_counts_by_district_and_shows_nobody(town, desk):
    heard(town, ["電球を替えてほしい"] * 5 + ["猫を預かってほしい"] * 2, districts=[0, 0, 0, 1, 1, 2, 2])
    heard(town, ["電球の交換をたのみたい"], districts=[1], because="not_this")
    tanaka = desk("counsellor")
    page = tanaka.opens("/needs")
    assert page.count("<strong>3件</strong>") == 2 and "電球" in page
    assert "猫" not in page  # two asked: few enough to be recognised
    with town.store.reading() as session:
        first, second, third = session.query(Area).filter_by(layer=2).order_by(Area.position).limit(3)
        ids = [one.id for one in session.query(UnansweredQuestion) if "電球" in one.words]
    assert "電球" not in tanaka.opens(f"/needs?district={third.id}")
    heard(town, ["電球を替えてほしい"] * 2, districts=[2, 2])
    assert "少数" in tanaka.opens("/needs")
    page = tanaka.presses(
        "/questions/council",
        ids=",".join(map(str, ids)),
        need="高い所の電球を替える人",
        area=str(first.id),
        back="needs",
    )
    assert "高い所の電球を替える人" in page and "もとになった質問 6件" in page
    with town.store.reading() as session:
        item = session.query(CouncilItem).one()
    moved = tanaka.presses(f"/council-items/{item.id}", state="working", seen="new", note="老人会と相談中")
    assert "とりくみ中" in moved and "老人会と相談中" in moved
    late = desk("supervisor").presses(f"/council-items/{item.id}", state="dropped", seen="new", note="")
    assert "ほかの職員が先に「とりくみ中」にしました" in late and "老人会と相談中" in late
    tanaka.presses(f"/council-items/{item.id}", state="done", seen="working", note="できた")
    assert "高い所の電球" not in tanaka.opens("/council-items")
    assert "高い所の電球" in tanaka.opens(f"/council-items?done=1&district={first.id}")
    assert "高い所の電球" not in tanaka.opens(f"/council-items?done=1&district={second.id}")


def test_words_and_synonyms_are_made_of_questions_once(town, desk):
    heard(town, ["いきいきデイに行きたい", "ほーかつはどこ"])
    tanaka, yamamoto = desk("counsellor"), desk("supervisor")
    with town.store.reading() as session:
        first, second = (str(one.id) for one in session.query(UnansweredQuestion).order_by(UnansweredQuestion.id))
    page = tanaka.presses("/questions/words", ids=first, entry="answer/kaigo-hoken")
    assert "ことばを足しました" in page
    with town.store.reading() as session:
        assert "いきいきデイに行きたい" in session.get(Answer, "kaigo-hoken").other_questions
    late = yamamoto.presses("/questions/nothing", ids=first)
    assert "もうほかの職員がかたづけていました" in late
    assert "両方のことば" in tanaka.presses("/questions/synonym", ids=second, everyday="ほーかつ", means="")
    tanaka.presses("/questions/synonym", ids=second, everyday="ほーかつ", means="地域包括支援センター")
    assert "みんな答えられています" in tanaka.opens("/questions")
    page = tanaka.opens("/synonyms?q=ほーかつ")
    assert "1件" in page and "地域包括支援センター" in page
    assert "どんなことが必要かを書いてください" in tanaka.presses("/questions/council", ids="", need=" ")
    assert desk("viewer").client.get("/admin/knowledge/questions").status_code == 403


def test_what_was_looked_for_is_counted_without_names(town, desk):
    with town.store.turn() as session:
        first, second = session.query(Area).filter_by(layer=2).order_by(Area.position).limit(2)
        for _ in range(7):
            asked.note_looked_for(session, "子育て", area_id=first.id, on=TODAY)
        for _ in range(2):
            asked.note_looked_for(session, "", area_id=second.id, on=TODAY)
    page = desk("viewer").opens("/looked-for?days=30")
    assert ">7<" in page and "少数" in page and ">2<" not in page and "見つからなかった" in page
