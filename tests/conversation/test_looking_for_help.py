"""A resident asks where help is, in everyday words."""


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
