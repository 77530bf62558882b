"""A faithful LINE on this machine, for tests and the demo: its API with its rules, and a chat page to be a resident.

It refuses what LINE would refuse, with LINE's error body. It is a program of its own and never part of `sasaeai serve`.
"""

from bot.simulator.line import Simulator

__all__ = ["Simulator"]
