"""Worry reports: filed by somebody nobody knows, answered by staff through the reporter's receipt code."""

import re
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.services import audit, receipts, working_days
from bot.services.daily_limits import DailyLimit
from bot.store.engine import rows_changed
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery, InboxEvent, Utterance
from bot.store.worries import OutreachVisit, WorryReport, WorryWord

KINDS = {
    "child": "子ども",
    "older_person": "お年より",
    "disability": "障害のある方",
    "money": "お金・くらし",
    "loneliness": "ひとりぼっち",
    "house": "家・ごみ",
    "other": "そのほか",
}
"""What a worry is about: the stored name, and the words on pages (the chat's stand in its copy, to be translated)."""
BAND_HOURS = 6
WORKING_DAYS_TO_ANSWER = 3
LONGEST = 5000  # signs of one thing said, as many as LINE takes in one message
FEW = 3  # counts below it are not shown
KEEP_CLOSED = timedelta(days=365)

reports_a_day = DailyLimit(5)
wrong_codes_a_day = DailyLimit(10)

_NUMBER = re.compile(r"0\d{1,4}[-ー－\s(（]?\d{1,4}[-ー－\s)）]?\d{3,4}|\d{10,11}")
_NAME = re.compile(
    r"(?:私|わたし|僕|ぼく|俺|わし|うち|名前|氏名|本名)(?:の名前)?(?:は|が|:|：)\s*[一-龠ァ-ヶー]{2,8}|と(?:申し|言い|いい)ま[す]|[\w.+-]+@[\w-]+\.\w+"
)


class AlreadyFiled(Exception):
    """This very form was sent before; its report stands and its code was shown then."""


class TooMany(Exception):
    """More reports or wrong codes today than one person sends in earnest."""


class NothingSaid(ValueError):
    """There is not a word in it."""


@dataclass(frozen=True)
class Draft:
    """What a reporter told, before it is filed. `form_key` names the form, so that sending it twice files it once."""

    form_key: str
    kind: str = "other"
    area_id: int | None = None
    seen: str = ""
    since: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Receipt:
    """What the reporter takes along. The code is shown once and kept nowhere."""

    code: str
    answer_due_on: date
    is_urgent: bool


def new_form_key() -> str:
    return _random_id()


def names_somebody(words: str) -> bool:
    """Whether the text seems to hold the writer's name, address of mail or a telephone number."""
    return bool(_NUMBER.search(words) or _NAME.search(words))


def without_names(words: str) -> str:
    """The text with telephone numbers, mail addresses and 「私は…」 names left out."""
    return _NAME.sub("（名前）", _NUMBER.sub("（番号）", words))


def file(session: Session, draft: Draft, *, now: datetime) -> Receipt:
    """Keep a report. AlreadyFiled when this form was sent before; NothingSaid when no word was written."""
    if not draft.seen.strip():
        raise NothingSaid
    code = receipts.new()
    report = WorryReport(
        id=_random_id(),
        form_key=draft.form_key,
        filed_on=now.date(),
        band=now.hour // BAND_HOURS * BAND_HOURS,
        kind=draft.kind if draft.kind in KINDS else "other",
        area_id=draft.area_id,
        is_urgent=draft.is_urgent,
        seen=draft.seen.strip()[:LONGEST],
        since=draft.since.strip()[:LONGEST] or None,
        answer_due_on=working_days.after(now.date(), WORKING_DAYS_TO_ANSWER),
        code_place=receipts.place_of(code),
        code_hash=receipts.seal(code),
    )
    try:
        with session.begin_nested():
            session.add(report)
            session.flush()
    except IntegrityError:
        raise AlreadyFiled from None
    _lose_the_order(session)
    return Receipt(code, report.answer_due_on, report.is_urgent)


def forget_how_it_came(session: Session, thread: Thread, resident: Resident, *, since: datetime, now: datetime) -> None:
    """Erase what the chat knows of the conversation that led to a report, in the transaction that files it.

    Words and deliveries since `since` go; those still on their way vanish when LINE has them. The inbox keeps only that
    an event was answered, not whose or when, so that LINE may send it again without its being answered twice.
    """
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    session.query(Utterance).filter(Utterance.resident_id == resident.id, Utterance.said_at >= since).delete()
    mine = (Delivery.thread_key == thread.key, Delivery.created_at >= since)
    session.query(Delivery).filter(*mine, Delivery.state != "waiting").delete()
    session.execute(update(Delivery).where(*mine).values(is_passing=True))
    session.execute(
        update(InboxEvent)
        .where(InboxEvent.thread_key == thread.key, InboxEvent.received_at >= since, InboxEvent.state != "waiting")
        .values(thread_key="", happened_at=day, received_at=day, done_at=day, event=None, message_hash=None)
    )
    resident.last_seen_at = day


# ── with the code ──


def find(session: Session, code: str, *, asker: str, now: datetime) -> WorryReport | None:
    """The report a code opens; None for a wrong one, which takes as long. TooMany after ten wrong ones a day."""
    if wrong_codes_a_day.is_used_up(asker, now=now):
        raise TooMany
    place = receipts.place_of(code)
    nearby = list(session.scalars(select(WorryReport).where(WorryReport.code_place == place))) if place else []
    for report in nearby:
        if receipts.opens(code, report.code_hash):
            return report
    if not nearby:
        receipts.opens(code, None)
    wrong_codes_a_day.count(asker, now=now)
    return None


def talk(session: Session, report: WorryReport) -> list[WorryWord]:
    """What was said after the report, in order."""
    return list(session.scalars(select(WorryWord).where(WorryWord.report_id == report.id).order_by(WorryWord.place)))


def write_more(session: Session, report: WorryReport, words: str, *, now: datetime, is_urgent: bool = False) -> None:
    """The reporter adds something; a closed report is open again. NothingSaid when there is no word.

    `is_urgent`: it tells of danger, so the report is urgent from now on.
    """
    before = talk(session, report)
    if before and (before[-1].speaker, before[-1].words) == ("reporter", words.strip()[:LONGEST]):
        return  # the same form sent twice
    _say(session, report, "reporter", words, now=now)
    report.state, report.closed_on, report.is_looked_at = "new", None, False
    report.is_urgent = report.is_urgent or is_urgent
    report.answer_due_on = working_days.after(now.date(), WORKING_DAYS_TO_ANSWER)


def answer(session: Session, report: WorryReport, words: str, *, staff_id: int, now: datetime) -> None:
    """Staff answer; the reporter reads it with the code. NothingSaid when there is no word."""
    _say(session, report, "staff", words, now=now)
    if report.state == "new":
        report.state = "answered"
    audit.record(session, "answer_worry", staff_id=staff_id, now=now, kind="worry_report", record_id=report.id)


def _say(session: Session, report: WorryReport, speaker: str, words: str, *, now: datetime) -> None:
    if not words.strip():
        raise NothingSaid
    last = session.scalar(select(func.max(WorryWord.place)).where(WorryWord.report_id == report.id)) or 0
    session.add(
        WorryWord(
            id=_random_id(),
            report_id=report.id,
            place=last + 1,
            speaker=speaker,
            said_on=now.date(),
            words=words.strip()[:LONGEST],
        )
    )
    session.flush()
    _lose_the_order(session)


# ── at the desk ──


def waiting(
    session: Session, *, state: str = "", kind: str = "", area_id: int | None = None, most: int = 200
) -> list[WorryReport]:
    """Reports for the list: urgent first, then those whose answer is due soonest; closed ones only when asked for."""
    conditions: list[ColumnElement[bool]] = [WorryReport.state == state] if state else [WorryReport.state != "closed"]
    if kind:
        conditions.append(WorryReport.kind == kind)
    if area_id is not None:
        conditions.append(WorryReport.area_id == area_id)
    order = (case((WorryReport.state == "new", 0), else_=1), WorryReport.is_urgent.desc(), WorryReport.answer_due_on)
    return list(session.scalars(select(WorryReport).where(*conditions).order_by(*order, WorryReport.id).limit(most)))


def note_seen(session: Session, report_id: str, *, staff_id: int, now: datetime) -> None:
    """Keep in the record that this member of staff saw the report. An urgent one alarms nobody from now on."""
    session.execute(update(WorryReport).where(WorryReport.id == report_id).values(is_looked_at=True))
    audit.record(session, "see_worry", staff_id=staff_id, now=now, kind="worry_report", record_id=report_id)


def link(session: Session, report: WorryReport, other: WorryReport, *, staff_id: int, now: datetime) -> None:
    """Both are about the same household."""
    household = report.household or other.household or _random_id()
    merged = {report.household, other.household} - {None}
    if merged:
        session.execute(update(WorryReport).where(WorryReport.household.in_(merged)).values(household=household))
    report.household = other.household = household
    audit.record(session, "link_worries", staff_id=staff_id, now=now, kind="worry_report", record_id=report.id)


def linked(session: Session, report: WorryReport) -> list[WorryReport]:
    if report.household is None:
        return []
    same = select(WorryReport).where(WorryReport.household == report.household, WorryReport.id != report.id)
    return list(session.scalars(same.order_by(WorryReport.filed_on, WorryReport.id)))


def plan_visit(
    session: Session, report: WorryReport, *, visitor: str, planned_on: date, staff_id: int, now: datetime
) -> OutreachVisit:
    """Somebody goes there. NothingSaid when it does not say who."""
    if not visitor.strip():
        raise NothingSaid
    visit = OutreachVisit(id=_random_id(), report_id=report.id, visitor=visitor.strip(), planned_on=planned_on)
    session.add(visit)
    audit.record(session, "plan_visit", staff_id=staff_id, now=now, kind="worry_report", record_id=report.id)
    return visit


def record_visit(
    session: Session, visit: OutreachVisit, *, found: str, next_step: str, staff_id: int, now: datetime
) -> None:
    """What the visit found and what comes next. NothingSaid when nothing was written."""
    if not found.strip():
        raise NothingSaid
    visit.found, visit.next_step, visit.done_on = found.strip(), next_step.strip() or None, now.date()
    audit.record(session, "record_visit", staff_id=staff_id, now=now, kind="worry_report", record_id=visit.report_id)


def visits(session: Session, report: WorryReport) -> list[OutreachVisit]:
    about = select(OutreachVisit).where(OutreachVisit.report_id == report.id)
    return list(session.scalars(about.order_by(OutreachVisit.planned_on, OutreachVisit.id)))


def close(session: Session, report: WorryReport, *, outcome: str, staff_id: int, now: datetime) -> None:
    """Done, with what came of it. NothingSaid without an outcome."""
    if not outcome.strip():
        raise NothingSaid
    report.state, report.outcome, report.closed_on = "closed", outcome.strip(), now.date()
    audit.record(session, "close_worry", staff_id=staff_id, now=now, kind="worry_report", record_id=report.id)


@dataclass(frozen=True)
class Figure:
    """How many reports of one kind came from one area; `count` is None where it is too small to be shown."""

    kind: str
    area_id: int | None
    count: int | None


def figures(session: Session, *, since: date) -> list[Figure]:
    """Counts by kind and area. No totals are given, so that a hidden count cannot be worked out."""
    rows = session.execute(select(WorryReport.kind, WorryReport.area_id).where(WorryReport.filed_on >= since))
    counts = Counter((kind, area_id) for kind, area_id in rows)
    return [
        Figure(kind, area_id, count if count >= FEW else None)
        for (kind, area_id), count in sorted(counts.items(), key=lambda one: (one[0][0], one[0][1] or 0))
    ]


def due(session: Session, *, until: date) -> int:
    """How many reports wait for an answer that was promised for that day or earlier."""
    waiting_ = select(func.count()).select_from(WorryReport)
    return session.scalar(waiting_.where(WorryReport.state == "new", WorryReport.answer_due_on <= until)) or 0


def urgent_unread(session: Session) -> list[str]:
    """The ids of urgent reports at which nobody has looked since they came or were added to."""
    unread = select(WorryReport.id).where(WorryReport.is_urgent, WorryReport.state == "new")
    return list(session.scalars(unread.where(WorryReport.is_looked_at.is_(False))))


def open_count(session: Session) -> tuple[int, int]:
    """How many reports wait for an answer, and how many of them are urgent."""
    urgent = func.sum(case((WorryReport.is_urgent, 1), else_=0))
    total, pressing = session.execute(select(func.count(), urgent).where(WorryReport.state == "new")).one()
    return total, pressing or 0


def erase_old(session: Session, *, now: datetime, keep: timedelta = KEEP_CLOSED) -> int:
    """Erase the words of reports closed longer ago than `keep`; what remains is counted in figures. How many."""
    old = session.scalars(
        select(WorryReport.id).where(WorryReport.closed_on < (now - keep).date(), WorryReport.seen.is_not(None))
    ).all()
    if not old:
        return 0
    session.query(WorryWord).filter(WorryWord.report_id.in_(old)).delete()
    session.query(OutreachVisit).filter(OutreachVisit.report_id.in_(old)).delete()
    gone = rows_changed(
        session,
        update(WorryReport)
        .where(WorryReport.id.in_(old))
        .values(seen=None, since=None, outcome=None, household=None, code_hash="", code_place=""),
    )
    audit.record(session, "erase_old_worries", staff_id=None, now=now, kind="worry_report", details={"count": gone})
    return gone


def _random_id() -> str:
    return secrets.token_urlsafe(16)


def _lose_the_order(session: Session) -> None:
    """PostgreSQL keeps rows in the order they came: write the table anew in the order of its random ids.

    SQLite's tables are kept in that order by themselves. Reports are few, so this costs little.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.flush()
        session.execute(text("cluster worry_report using pk_worry_report"))
        session.execute(text("cluster worry_word using pk_worry_word"))
