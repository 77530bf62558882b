"""A resident asks where help is, in everyday words."""

from bot.store.residents import Thread


def test_a_resident_who_cannot_pay_the_electricity_is_shown_who_helps(town):
    hana = town.resident("ハナ")
    hana.says("電気代が払えへん")
    card = hana.sees("くらしサポート相談窓口")
    assert "079-427-9382" in card
    assert "0794279382" in hana.could_dial()


def test_the_answer_comes_free_of_charge_by_the_reply_token(any_town):
    hana = any_town.resident("ハナ")
    hana.says("うちの子が学校に行かれへん")
    hana.sees("わかば教室")
    assert any_town.line.used_this_month == 0
    assert {path for _, path, status in any_town.line.calls if status == 200} == {"/v2/bot/message/reply"}


def test_not_this_shows_others_and_the_second_time_offers_a_person(town):
    hana = town.resident("ハナ")
    hana.says("電気代が払えへん")
    hana.says("ちがう")
    hana.sees("ほかの所を見てみます")
    hana.says("ちゃうで")
    hana.sees("人と話してみませんか")
    assert "はじめる" in hana.choices
    hana.says("車いすを借りたい")  # nobody is handed on unasked
    assert "受けつけました" not in hana.answers[0]


def test_what_nobody_can_find_leads_to_people_and_is_kept_without_who_asked(town):
    from bot.store.knowledge import UnansweredQuestion

    hana = town.resident("ハナ")
    hana.says("あれってどうなったんやろか、ほら、あれ")
    hana.sees("079-424-4318")
    assert hana.choices[:2] == ["人に相談する", "匿名で知らせる"]
    with town.store.reading() as session:
        (kept,) = session.query(UnansweredQuestion).all()
        assert kept.words.startswith("あれって")
        assert not any("resident" in column.key for column in UnansweredQuestion.__table__.columns)


def test_a_notification_never_tells_what_was_asked(town):
    hana = town.resident("ハナ")
    hana.says("夫に殴られています")
    for shown in hana.phone.shown:
        if shown.message.get("type") == "flex":
            assert shown.message["altText"] == "ささえあいからお返事があります"


def test_categories_can_be_browsed_without_typing(town):
    hana = town.resident("ハナ")
    hana.taps("相談先をさがす")
    hana.taps("こころの健康")
    hana.sees("よりそいホットライン")


def test_a_sent_place_shows_what_is_near(town):
    hana = town.resident("ハナ")
    hana.sends_location(34.7676, 134.8395)
    hana.sees("（約")


def test_a_draft_is_never_shown_and_leads_to_the_office(town):
    hana = town.resident("ハナ")
    hana.says("人権文化センター")
    assert "079-451-5030" not in "\n".join(hana.answers)
    assert "079-424-4318" in "\n".join(hana.answers)


def places_of(town, count, **facts):
    """So many gathering places, named alike."""
    from bot.store.knowledge import Resource
    from knowledge import entries
    from tests.town import START

    with town.store.turn() as session:
        for number in range(count):
            entries.keep(
                session,
                Resource,
                f"tea-{number}",
                {"name": f"お茶の会{number:02}", "kana": f"おちゃのかい{number:02}", "category": "ボランティア",
                 "status": "published", "areas": ["全市"], **facts},
                now=START,
            )  # fmt: skip
    town.parts.library.refresh(at_once=True)


def test_a_long_list_goes_on_page_by_page_to_its_end(town):
    places_of(town, 18)
    hana = town.resident("ハナ")
    hana.taps("相談先をさがす")
    assert len(hana.choices) <= 13
    hana.taps("ほかの分野")  # LINE shows thirteen choices at most, and there are more subjects
    hana.taps("ボランティア")
    seen = "\n".join(hana.answers)
    while "ほかを見る" in hana.choices:
        hana.taps("ほかを見る")
        seen += "\n".join(hana.answers)
    assert all(seen.count(f"お茶の会{number:02}") == 1 for number in range(18))
    hana.says("電気代が払えへん")
    hana.says("ほかにある？")  # typed instead of tapped; now of the question, not of the list
    assert "役に立った" in hana.choices
    assert "お茶の会" not in "\n".join(hana.answers)


def test_an_area_can_be_looked_through_and_what_lies_elsewhere_is_said_to(town):
    places_of(town, 3, areas=["志方町"])
    hana = town.resident("ハナ", area="氷丘")
    hana.taps("居場所・行事")
    hana.sees("氷丘地区ささえあい協議会")
    assert "お茶の会" not in "\n".join(hana.answers) and "尾上町" not in "\n".join(hana.answers)
    hana.taps("ほかを見る")
    hana.sees("ほかの地域のものです")
    hana.taps("地域でさがす")
    hana.taps("ほかの校区")
    hana.taps("志方")
    hana.sees("お茶の会00")
    hana.taps("ほかを見る")
    hana.sees("市全体や、もっと広い地域のものです")


def test_after_a_sent_place_what_is_asked_is_nearest_first_for_an_hour(town, clock):
    places_of(town, 2, keywords=["茶道"], latitude=34.7676, longitude=134.8395)
    places_of(town, 1, keywords=["茶道"], latitude=34.70, longitude=134.70)
    hana = town.resident("ハナ")
    hana.sends_location(34.7676, 134.8395)
    hana.sees("近い所を先に")
    hana.says("茶道を習いたい")
    cards = hana.sees("お茶の会01")
    assert "（約100m）" in cards and cards.index("お茶の会01") < cards.index("お茶の会00")
    clock.moves_on(minutes=61)
    hana.says("こんにちは")
    with town.store.reading() as session:
        assert "place" not in session.query(Thread).one().last_lookup
    hana.says("茶道を習いたい")
    assert "（約100m）" not in hana.sees("お茶の会01")


def test_a_place_asked_for_by_name_is_shown_instead_of_our_own_number(town):
    places_of(town, 1, name="おひさま会館", phones=["079-424-4318"])
    hana = town.resident("ハナ")
    for words in ("おひさま会館", "おひさま会館の電話番号", "おひさま会館はどこ"):
        hana.says(words)
        hana.sees("おひさま会館")
    hana.says("氷丘公民館の電話番号")
    hana.sees("確かめているところ")  # not confirmed by staff yet
    hana.says("社協の電話番号")
    hana.sees("受付の時間は")


def test_the_first_not_this_already_is_kept_for_the_needs_board_and_once(town):
    from bot.store.knowledge import UnansweredQuestion

    hana = town.resident("ハナ", area="氷丘")
    hana.says("電気代が払えへん")
    hana.taps("ちがう")
    hana.sees("ほかの所を見てみます")
    hana.taps("ちがう")
    hana.sees("人と話してみませんか")
    with town.store.reading() as session:
        (kept,) = session.query(UnansweredQuestion).all()
        assert (kept.words, kept.because) == ("電気代が払えへん", "not_this")


def test_what_was_asked_about_and_refused_is_not_shown_again(town):
    hana = town.resident("ハナ")
    hana.says("保育園落ちた")
    refused = hana.choices[: hana.choices.index("どれもちがう")]
    hana.taps("どれもちがう")
    assert not [one for one in refused if one in "\n".join(hana.answers)]
    assert "人に相談する" in hana.choices
