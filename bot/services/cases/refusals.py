"""What the council would not do with a case: errors that carry the facts; whoever shows them finds the words."""


class AlreadyTaken(Exception):
    """A colleague was first. `by` is the id of the account."""

    def __init__(self, by: int | None) -> None:
        super().__init__(by)
        self.by = by


class AnsweredMeanwhile(Exception):
    """A colleague answered while this answer was being written. `by` is the id of the account, if it is known."""

    def __init__(self, by: int | None) -> None:
        super().__init__(by)
        self.by = by


class SaidMeanwhile(Exception):
    """The resident said something that whoever wanted to close has not read."""


class NotOpen(Exception):
    """The case is closed."""


class CannotBeReached(Exception):
    """The resident has blocked the account or left: nothing said here arrives."""


class NothingSaid(ValueError):
    """There is not a word in it."""
