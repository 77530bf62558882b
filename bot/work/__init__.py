"""Durable work: the inbox's turns, the outbox's deliveries, the bell that wakes them, and the clock.

The tables are the truth and the jobs only a bell: a queue that forgets loses nothing, because the sweep rings again.
"""
