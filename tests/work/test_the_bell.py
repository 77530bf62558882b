"""The bell that wakes workers."""

from concurrent.futures import ThreadPoolExecutor

from bot.work.bell import Bell


def test_processes_that_start_together_on_a_new_database_all_find_their_queue(empty_postgres):
    with ThreadPoolExecutor(6) as starting:
        bells = list(starting.map(Bell, [empty_postgres] * 6))
    bells[0].ring_for_deliveries(["a"])
    assert bells[-1].huey.pending_count() == 1
