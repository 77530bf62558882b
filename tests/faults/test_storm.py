"""Processes die and LINE makes trouble while residents write: a short storm. `make faults` has long ones."""

from bench.program import Database
from tests.faults import storm
from tests.town import KEY, copy_of


def test_every_message_is_answered_once_and_in_order_though_everything_dies(sqlite_template, tmp_path):
    result = storm.run(
        kept=Database(copy_of(sqlite_template, tmp_path)),
        key=KEY,
        kills=2,
        messages=40,
        rate=15,
        residents=10,
        trouble=0.2,
        seed=5,
    )
    assert result.kills == 2 and result.messages >= 40 and result.troubles > 0
    assert (result.lost, result.doubled, result.out_of_order) == (0, 0, 0)
