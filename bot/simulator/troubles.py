"""Troubles on purpose: what LINE and the network between do to calls, for tests and fault runs."""

import random
import threading
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["429", "500", "quota", "hang", "cut before", "cut after", "slow"]


@dataclass
class Trouble:
    """`kind` happens to calls whose path contains `path`: the next `times` of them, or each with `chance`."""

    kind: Kind
    path: str = "/message/"
    times: int | None = None
    chance: float = 1.0
    seconds: float = 10.0  # how long "hang" and "slow" take
    happened: int = field(default=0)
    is_over: threading.Event = field(default_factory=threading.Event)  # set it to end a "hang" or "slow" earlier


class Troubles:
    """The troubles that are on. Seeded, so that a run can be repeated."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._guard = threading.Lock()
        self._on: list[Trouble] = []

    def begin(self, trouble: Trouble) -> Trouble:
        with self._guard:
            self._on.append(trouble)
        return trouble

    def end_all(self) -> None:
        with self._guard:
            self._on.clear()

    def of_call(self, path: str) -> Trouble | None:
        """The trouble that befalls this call, if one does."""
        with self._guard:
            for trouble in self._on:
                if trouble.path not in path or trouble.times == 0:
                    continue
                if self._random.random() >= trouble.chance:
                    continue
                if trouble.times is not None:
                    trouble.times -= 1
                trouble.happened += 1
                return trouble
        return None
