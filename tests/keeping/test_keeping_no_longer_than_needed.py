"""What is needed no more is erased by itself, what is promised to be kept stays, and the record says how much went."""

from sqlalchemy import func, select

from bot.services import case_notes, consultation
from bot.services.cases import ownership
from bot.store.cases import Case, CaseNote
from bot.store.knowledge import UnansweredQuestion
from bot.store.staff import AuditEntry, SignIn
from bot.store.talk import Delivery, InboxEvent, Utterance
from tests.consultation import asks_for_a_person
from tests.desk import hire_everyone, signed_in


def count(town, table) -> int:
    with town.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def words(town) -> str:
    with town.store.reading() as session:
        said = [one.words or "" for one in session.scalars(select(Utterance))]
        noted = [one.words for one in session.scalars(select(CaseNote))]
        return "\n".join([*said, *noted])


def record(town) -> dict[str, int]:
    with town.store.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.deed == "erase_old"))
        return {entry.kind: entry.details["count"] for entry in entries}


def closes_the_case(town, note: str) -> None:
    now = town.clock.now()
    with town.store.turn() as session:
        case = session.scalars(select(Case).where(Case.state != "closed")).one()
        ownership.take(session, case, staff_id=1, now=now)
        case_notes.add(session, case, note, staff_id=1, now=now)
        case.state, case.closed_at, case.outcome, case.outcome_kind = "closed", now, "つながった", None


def test_each_kind_goes_when_its_time_is_over_and_not_before(any_town):
    town = any_town
    hana, taro = town.resident("ハナ", area="氷丘"), town.resident("太郎")
    taro.says("母の名前は山田花子です")
    taro.says("あれってどうなったんやろか、ほら、あれ")
    hana.says("父の名前は山田次郎です")
    asks_for_a_person(hana)
    hana.says("夫は山田太郎です")
    closes_the_case(town, "山田さんは一人ぐらし")
    asked = count(town, UnansweredQuestion)
    assert asked

    town.clock.moves_on(days=31)
    town.sweeper.erase()
    assert count(town, InboxEvent) == 0
    assert count(town, Delivery) > 0
    assert record(town).keys() == {"events"}

    town.clock.moves_on(days=60)
    town.sweeper.erase()
    assert count(town, Delivery) == 0
    assert "山田花子" in words(town) and "山田太郎" in words(town) and "一人ぐらし" in words(town)

    with town.store.turn() as session:
        consultation.set_rules(session, {"keep_days": 500}, now=town.clock.now())
    town.clock.moves_on(days=280)
    town.sweeper.erase()
    assert "山田花子" not in words(town)
    assert count(town, UnansweredQuestion) == 0
    assert "父の名前は山田次郎です" in words(town) and "山田太郎" in words(town)  # the case keeps its own talk

    town.clock.moves_on(days=140)
    town.sweeper.erase()
    assert words(town) == ""
    with town.store.reading() as session:
        kept = session.scalars(select(Case)).one()
        assert (kept.state, kept.outcome) == ("closed", None)  # that it was is still counted
    told = record(town)
    assert told["cases"] == 1 and told["questions"] == asked
    town.sweeper.erase()
    assert record(town) == told  # nothing is left, and nothing is recorded


def test_talk_of_an_open_case_is_kept_however_old(town):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    hana.says("夫は山田太郎です")
    town.clock.moves_on(days=800)
    town.sweeper.erase()
    assert "山田太郎" in words(town)


def test_where_staff_were_signed_in_goes_after_a_quarter_and_is_on_record(any_town):
    town = any_town
    hire_everyone(town)
    for _ in range(2):
        signed_in(town.app.test_client, "counsellor")
    town.clock.moves_on(days=60)
    signed_in(town.app.test_client, "counsellor")
    town.sweeper.erase()
    assert count(town, SignIn) == 3 and "sign_ins" not in record(town)
    town.clock.moves_on(days=31)
    town.sweeper.erase()
    assert count(town, SignIn) == 1 and record(town)["sign_ins"] == 2
    town.sweeper.erase()
    assert record(town)["sign_ins"] == 2
