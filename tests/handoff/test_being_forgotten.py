"""「データを消して」: what somebody said is gone from every table and from the file on the disk; numbers stay."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select

from bot.conversation import Text
from bot.services import case_notes, erasure, referrals
from bot.services.cases import answering, closing
from bot.services.checkins import joining
from bot.store.cases import Case, CaseNote
from bot.store.knowledge import UnansweredQuestion
from bot.store.residents import Thread
from bot.store.staff import AuditEntry
from bot.store.talk import Utterance
from tests.consultation import asks_for_a_person, comes_in, offers, photo_of, the_case
from tests.desk import signed_in, token
from tests.town import KEY

MARK = "ひみつの花子"


def places_of(town, mark: str) -> dict[str, list[bytes]]:
    """Where the mark can be read, through the encryption: table and column, with the bytes as they lie there."""
    fernet, found = Fernet(KEY), {}
    with sqlite3.connect(town.store.engine.url.database) as file:
        for (table,) in file.execute("select name from sqlite_master where type = 'table'").fetchall():
            rows = file.execute(f'select * from "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    plain = value.encode() if isinstance(value, str) else value
                    if isinstance(plain, bytes) and plain.startswith(b"gAAAA"):
                        try:
                            plain = fernet.decrypt(plain)
                        except InvalidToken:
                            continue
                    escaped = mark.encode("unicode_escape")
                    if isinstance(plain, bytes) and (mark.encode() in plain or escaped in plain):
                        found.setdefault(f"{table}.{name}", []).append(value)
    return found


def on_the_disk(town) -> bytes:
    base = Path(town.store.engine.url.database)
    files = [base, base.with_name(base.name + "-wal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def test_everything_somebody_said_is_gone_from_every_table_and_from_the_disk(town, desk):
    offers(town, "room")
    hana, taro = town.resident("ハナ", area="氷丘"), town.resident("太郎")
    taro.says("太郎の言葉です")
    hana.says(f"{MARK}ぷるぷるぽろぽろ")  # nothing answers it: an unanswered question
    asks_for_a_person(hana)
    here, case = comes_in(town, hana), the_case(town)
    here.writes(f"{MARK}の家のことです", photo=photo_of((64, 48)))
    at = here.page().text.split('<option value="')[1].split('"')[0]
    here.browser.post("/room/call", data={"token": here.field("token"), "at": at, "phone": "0794244318"})
    now = town.clock.now()
    with town.store.turn() as session:
        open_one = session.get_one(Case, case.id)
        answering.say(session, open_one, [Text(f"{MARK}さん、こんにちは")], staff_id=1, now=now)
        case_notes.add(session, open_one, f"{MARK}さんは一人ぐらし", staff_id=1, now=now)
        referrals.make(
            session, open_one, agency="包括", told=f"{MARK}さんのこと", has_consent=True, staff_id=1, now=now
        )
        plan = joining.join(session, open_one.resident, window_from=540, window_to=600, now=now)
        plan.name = plan.address = open_one.resident.name = MARK
    town.sweeps()
    tanaka = signed_in(desk, "counsellor")
    page = tanaka.get(f"/admin/cases/{case.id}")
    tanaka.post(f"/admin/cases/{case.id}/draft", data={"csrf_token": token(page), "words": f"{MARK}さんへ下書き"})
    before = places_of(town, MARK)
    told = {"utterance.words", "case_note.words", "referral.told", "resident.name", "checkin_plan.name"}
    assert set(before) >= told, set(before)
    phones = places_of(town, "0794244318")
    with sqlite3.connect(town.store.engine.url.database) as file:
        photos = [jpeg for (jpeg,) in file.execute("select jpeg from room_photo")]
    assert phones and photos

    hana.says("データを消して")  # while a person answers, too
    assert "もとにはもどせません" in hana.sees("消します")
    hana.taps("はい")
    gone = hana.sees("消しました")
    assert "職員との相談は、おわりにしました" in gone and MARK not in gone
    town.delivers_everything()
    town.store.empty_log()
    assert places_of(town, MARK) == {} and places_of(town, "0794244318") == {}
    raw = on_the_disk(town)
    old = [value for where in (before, phones) for values in where.values() for value in values] + photos
    left = [value[:24] for value in old if (value if isinstance(value, bytes) else value.encode()) in raw]
    assert left == []
    assert here.page().status_code == 403  # the room is gone

    closed = the_case(town)
    assert (closed.state, closed.outcome_kind, closed.topic) == ("closed", "withdrawn", case.topic)  # it still counts
    assert places_of(town, "太郎の言葉です")  # nobody else lost a word
    with town.store.reading() as session:
        assert session.query(CaseNote).one().kind == "erased"
        assert session.query(AuditEntry).filter_by(deed="erase_resident").one().details["said"] > 3
        assert all(MARK not in one.words for one in session.query(UnansweredQuestion))
    assert "ご本人のことばを消した" in tanaka.get(f"/admin/cases/{case.id}").text
    hana.says("電気代が払えへん")
    hana.sees("くらしサポート相談窓口")  # life goes on


def test_a_case_of_danger_stays_until_people_have_closed_it(town):
    hana = town.resident("ハナ")
    hana.says("もう死にたい")
    with town.store.turn() as session:
        case_notes.add(session, session.query(Case).one(), "すぐ電話する", staff_id=1, now=town.clock.now())
    hana.says("データを消して")
    hana.taps("いいえ")
    hana.sees("そのままに")
    hana.says("データを消して")
    hana.taps("はい")
    hana.sees("職員は見守りをつづけます")
    assert places_of(town, "もう死にたい") == {}
    case = the_case(town)
    assert (case.state, case.danger, case.looked_at) == ("waiting", "suicide_or_self_harm", None)  # the alarm sounds on
    assert places_of(town, "すぐ電話する")
    with town.store.turn() as session:
        for one in (1, 2):
            closing.close(
                session,
                session.query(Case).one(),
                outcome="ゆっくり話せました、もう平気",
                farewell=[],
                staff_id=one,
                now=town.clock.now(),
            )
    town.sweeper.erase()
    assert places_of(town, "すぐ電話する") == {} and places_of(town, "ゆっくり話せました、もう平気") == {}


@pytest.mark.parametrize(("days", "is_gone"), [(364, False), (366, True)])
def test_words_are_kept_as_long_as_was_said_and_no_longer(town, days, is_gone):
    hana = town.resident("ハナ")
    hana.says("母の物忘れがひどくて夜が長いです")
    asks_for_a_person(hana)
    hana.says("夜に起きます")
    with town.store.turn() as session:
        case = session.query(Case).one()
        closing.close(session, case, outcome="つながった", farewell=[], staff_id=1, now=town.clock.now())
    town.clock.moves_on(days=days)
    town.sweeper.erase()
    town.sweeper.erase()
    assert (places_of(town, "夜に起きます") == {}) is is_gone
    assert (places_of(town, "夜が長いです") == {}) is is_gone
    assert the_case(town).closed_at.date() == date(2026, 11, 24)


def test_erasing_holds_on_both_databases(any_town):
    hana = any_town.resident("ハナ")
    asks_for_a_person(hana)
    hana.says("だれにも言えないことです")
    with any_town.store.turn() as session:
        thread = session.scalars(select(Thread)).one()
        erased = erasure.erase(session, thread.resident, thread, now=any_town.clock.now())
        assert erased.closed_case and erased.said > 3
    with any_town.store.reading() as session:
        assert session.query(Utterance).count() == 0
