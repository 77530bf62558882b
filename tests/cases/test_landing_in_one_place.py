"""What a resident says while people hand over, close or reopen lands in exactly one place, in order."""

import threading

from sqlalchemy import select

from bot.services import transfers
from bot.services.cases import closing, finding, opening, refusals
from bot.store.cases import Case
from bot.store.residents import Thread
from bot.store.talk import Utterance
from tests.consultation import asks_for_a_person

ROUNDS = 12


def test_words_said_during_every_kind_of_move_are_kept_once_and_in_order(any_town):
    town = any_town
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    said = []

    def staff_move_the_case() -> None:
        for number in range(ROUNDS):
            try:
                with town.store.turn() as session:
                    case = session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()
                    now = town.clock.now()
                    if case.state == "closed":
                        thread = session.scalars(select(Thread).where(Thread.resident_id == case.resident_id)).one()
                        opening.reopen(session, case.resident, thread, within=now - case.opened_at, now=now)
                    elif number % 3 == 0:
                        closing.close(session, case, outcome="x", farewell=[], staff_id=1, now=now)
                    elif number % 3 == 1:
                        transfers.to_colleague(session, case, to=2, reason="x", staff_id=1, now=now)
                    else:
                        transfers.take_over(session, case, staff_id=1, now=now)
            except refusals.NotOpen:
                pass

    mover = threading.Thread(target=staff_move_the_case)
    mover.start()
    for number in range(ROUNDS):
        said.append(f"ことば{number}")
        hana.phone.says(said[-1])
    mover.join()
    town.settles()
    with town.store.reading() as session:
        kept = session.scalars(select(Utterance).where(Utterance.speaker == "resident").order_by(Utterance.id)).all()
        ours = [one for one in kept if (one.words or "").startswith("ことば")]
        assert [one.words for one in ours] == said
        shown = [one.id for case in session.query(Case) for one in finding.conversation(session, case)]
        assert len({one.id for one in ours} & set(shown)) == len(ours)  # staff can read every one of them
        assert len(shown) == len(set(shown))  # and none in two cases
        # whoever was not answered by the bot waits for a person
        last, case = ours[-1], session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()
        if last.case_id is not None and case.state != "closed":
            assert case.unanswered_since is not None
