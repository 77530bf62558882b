"""The clock: APScheduler wakes what must happen without anybody writing. Several may run; one holds the duty.

The database says what is due; the clock only looks often. A clock that was off makes up when it is back.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from bot.services import (
    callbacks,
    erasure,
    on_call,
    promises,
    referrals,
    retention,
    todays_work,
    transfers,
    wording,
    worries,
)
from bot.work import outbox, post, rounds, signs_of_life, turns
from bot.work.bell import Bell
from bot.work.parts import Parts
from handlers.copy import alarm
from handlers.copy import referral as say_referral

SWEEP_SECONDS = 5
BEAT_SECONDS = 20
DUTY_SECONDS = 20  # with the pause between two looks for rounds: another clock goes on within 50 seconds
ROUNDS_SECONDS = 30
LOG_SECONDS = 60
ERASE_SECONDS = 3600
GATHER_SECONDS = 60
BREATH = 0.05  # seconds between two steps of erasing, so that residents' turns get in between
ASKING_HOURS = range(10, 18)  # when the bot may ask something on its own
WAITED_TOO_LONG = timedelta(seconds=3)

log = structlog.get_logger(__name__)


class Clock:
    """Start it once in a process."""

    def __init__(self, parts: Parts, bell: Bell) -> None:
        self._parts = parts
        self._bell = bell
        self._reports_told: dict[str, datetime] = {}
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_job(self.tick, "interval", seconds=SWEEP_SECONDS, id="sweep")
        self._scheduler.add_job(self.beat, "interval", seconds=BEAT_SECONDS, id="beat")
        self._scheduler.add_job(self.carry_mail, "interval", seconds=SWEEP_SECONDS, id="mail")
        self._scheduler.add_job(
            self.make_rounds, "interval", seconds=ROUNDS_SECONDS, id="rounds", next_run_time=datetime.now(UTC)
        )
        self._scheduler.add_job(self.read_quota, "interval", seconds=rounds.QUOTA_EVERY, id="quota")
        self._scheduler.add_job(self.empty_log, "interval", seconds=LOG_SECONDS, id="empty log")
        self._scheduler.add_job(self.gather, "interval", seconds=GATHER_SECONDS, id="gather")
        self._scheduler.add_job(self.erase, "interval", seconds=ERASE_SECONDS, id="erase")

    def start(self) -> None:
        self.beat()
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)
        signs_of_life.let_go(self._parts.store, "clock")

    def beat(self) -> None:
        try:
            signs_of_life.beat(self._parts.store, "clock", now=self._parts.now())
        except SQLAlchemyError as trouble:
            log.warning("no heartbeat", part="clock", why=type(trouble).__name__)

    def tick(self) -> None:
        """What is looked at every few seconds, by the one clock that holds the duty."""
        try:
            if signs_of_life.hold(self._parts.store, "clock", now=self._parts.now(), seconds=DUTY_SECONDS):
                with self._parts.store.reading() as session:
                    wording.refresh(session)
                self.sweep()
        except SQLAlchemyError as trouble:
            log.warning("the clock could not look", why=type(trouble).__name__)

    def make_rounds(self) -> None:
        """Check-ins that are due, silence that climbs, tasks that nobody took."""
        try:
            if signs_of_life.hold(self._parts.store, "clock", now=self._parts.now(), seconds=DUTY_SECONDS):
                rounds.make(self._parts, self._bell)
        except SQLAlchemyError as trouble:
            log.warning("the rounds could not be made", why=type(trouble).__name__)

    def read_quota(self) -> None:
        """The month's messages, and how long they will do."""
        try:
            if signs_of_life.hold(self._parts.store, "clock", now=self._parts.now(), seconds=DUTY_SECONDS):
                rounds.read_quota(self._parts)
        except SQLAlchemyError as trouble:
            log.warning("the month was not counted", why=type(trouble).__name__)

    def empty_log(self) -> None:
        """Let erased words vanish from the database's log as well."""
        try:
            self._parts.store.empty_log()
        except SQLAlchemyError as trouble:
            log.warning("the log was not emptied", why=type(trouble).__name__)

    def carry_mail(self) -> None:
        """Hand over e-mail that is due. A job of its own, so that a slow mail server keeps nothing else waiting."""
        server = self._parts.mail_server
        if server is None:
            return
        try:
            with self._parts.store.reading() as session:
                if not post.is_due(session, now=self._parts.now()):
                    return
            post.carry(self._parts.store, server, self._parts.now)
        except SQLAlchemyError as trouble:
            log.warning("no e-mail was carried", why=type(trouble).__name__)

    def alert(self) -> None:
        """Tell those on call of what the bot handed over; of danger again, until somebody looks and takes it."""
        now, url, after = self._parts.now(), self._parts.public_url, self._parts.alarm_after
        with self._parts.store.reading() as session:
            if not (on_call.due_alarms(session, now=now, after=after) or on_call.new_handoffs(session)):
                return
        to_deliver: list[str] = []
        by_mail = self._parts.mail_server is not None
        with self._parts.store.turn() as session:
            to_deliver += on_call.tell_of_handoffs(session, alarm.somebody_waits(url), by_mail=by_mail, now=now)
            for alarmed in on_call.due_alarms(session, now=now, after=after):
                told = alarm.nobody_has_taken(url) if alarmed.looked_at else alarm.nobody_has_looked(url)
                to_deliver += on_call.alert(session, alarmed, told, by_mail=by_mail, now=now)
                log.warning("an alarm waits", case=alarmed.id, alerts=alarmed.alerts)
        self._bell.ring_for_deliveries(to_deliver)

    def alert_of_reports(self) -> None:
        """Tell those on call of urgent worry reports that nobody has read.

        Since when one waits is remembered by this clock alone: kept anywhere, it would tell when the report came.
        """
        now = self._parts.now()
        with self._parts.store.reading() as session:
            unread = worries.urgent_unread(session)
        self._reports_told = {one: self._reports_told.get(one, now) for one in unread}
        due = [one for one, told_at in self._reports_told.items() if now - told_at >= self._parts.alarm_after]
        if not due:
            return
        self._reports_told.update(dict.fromkeys(due, now))
        with self._parts.store.turn() as session:
            to_deliver = on_call.tell(
                session,
                alarm.worry_not_read(self._parts.public_url),
                about="worry",
                by_mail=self._parts.mail_server is not None,
                now=now,
                is_passing=True,
            )
        self._bell.ring_for_deliveries(to_deliver)

    def keep_promises(self) -> None:
        """Promises about to lapse climb, lapsed ones are renewed; the number of a call is shown before it comes."""
        now = self._parts.now()
        with self._parts.store.reading() as session:
            must_tend = bool(promises.must_tend(session, now=now) or callbacks.soon(session, now=now))
        if not must_tend:
            return
        told, by_mail = alarm.promise_lapses(self._parts.public_url), self._parts.mail_server is not None
        with self._parts.store.turn() as session:
            to_deliver = promises.tend(session, told, by_mail=by_mail, now=now)
            announced = [callbacks.announce(session, call, now=now) for call in callbacks.soon(session, now=now)]
        self._bell.ring_for_deliveries([*to_deliver, *filter(None, announced)])

    def tend_cases(self) -> None:
        """Wake cases that rested, take them back from the silent, assign what waits; ask how a referral went."""
        now = self._parts.now()
        with self._parts.store.reading() as session:
            must_tend, must_ask = transfers.must_tend(session, now=now), bool(referrals.due(session, now=now))
        if must_tend:
            with self._parts.store.turn() as session:
                transfers.tend(session, now=now)
        if must_ask and now.hour in ASKING_HOURS:
            with self._parts.store.turn() as session:
                for made, resident in referrals.due(session, now=now):
                    choices = say_referral.answers(made.id)
                    referrals.ask(session, made, resident, say_referral.did_it_connect(), choices, now=now)

    def gather(self) -> None:
        """Put what has become due today on the list of today's work."""
        try:
            with self._parts.store.turn() as session:
                todays_work.gather(session, now=self._parts.now())
        except SQLAlchemyError as trouble:
            log.warning("today's work was not gathered", why=type(trouble).__name__)

    def erase(self) -> None:
        """Erase what has been kept as long as it may be, a little at a time."""
        for what in retention.STEPS:
            try:
                while self._erase_some(what):
                    time.sleep(BREATH)
            except SQLAlchemyError as trouble:
                log.warning("nothing was erased", what=what, why=type(trouble).__name__)
        with self._parts.store.turn() as session:
            erasure.finish(session, now=self._parts.now())

    def _erase_some(self, what: str) -> int:
        with self._parts.store.turn() as session:
            return retention.erase_some(session, what, self._parts.keep, now=self._parts.now())

    def sweep(self) -> None:
        """Alarms first; then ring again for what waited too long: a bell was lost, or a worker died.

        One duty that stumbles keeps no other waiting: all are tried, then the first trouble is told.
        """
        troubles: list[Exception] = []
        duties: tuple[Callable[[], None], ...] = (
            self.alert,
            self.alert_of_reports,
            self.keep_promises,
            self.tend_cases,
            self.ring_again,
        )
        for duty in duties:
            try:
                duty()
            except Exception as trouble:
                log.warning("a duty of the clock stumbled", duty=duty.__name__, why=type(trouble).__name__)
                troubles.append(trouble)
        if troubles:
            raise troubles[0]

    def ring_again(self) -> None:
        """Wake workers for events and deliveries that waited too long."""
        now = self._parts.now()
        with self._parts.store.reading() as session:
            unanswered = turns.threads_waiting(session, before=now - WAITED_TOO_LONG)
            undelivered = outbox.threads_due(session, now=now)
        self._bell.ring_for_turns(unanswered)
        self._bell.ring_for_deliveries(undelivered)
