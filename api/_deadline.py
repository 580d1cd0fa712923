"""Time for a search: how much of it is over, and an end by hand that keeps the best so far."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

Found = TypeVar("Found")
LOOK_S = 0.1
GRACE = 1.1
"""A solver that keeps no time is given up after so many times the time given."""


class Deadline:
    """Tells which share of the time given is over; 1 and more means: stop with the best so far.

    Parameters
    ----------
    seconds
        Given in all.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_ended_by_hand = False
        self._begun = time.monotonic()

    def spent(self) -> float:
        """Return the share of the time that is over."""
        if self.is_ended_by_hand:
            return 1.0
        return (time.monotonic() - self._begun) / self.seconds if self.seconds > 0 else 1.0

    def end(self) -> None:
        """End the search now."""
        self.is_ended_by_hand = True

    def waited(self, work: Callable[[], Found]) -> Found | None:
        """Return what ``work`` returns, or ``None`` where it was ended by hand or kept no time.

        For solvers that cannot be asked to stop: the thread of one given up ends by itself, or with the process.
        """
        found: list[Found] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                found.append(work())
            except BaseException as error:  # noqa: BLE001 - raised again by who waits
                failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while thread.is_alive() and not self.is_ended_by_hand and self.spent() < GRACE + LOOK_S:
            thread.join(LOOK_S)
        if failed:
            raise failed[0]
        return found[0] if found else None


@contextmanager
def deadline(seconds: float) -> Iterator[Deadline]:
    """Give ``seconds`` to a search; the first Ctrl-C ends it with the best so far, a second one stops the command."""
    found = Deadline(seconds)
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(_number: int, _frame: FrameType | None) -> None:
        found.end()
        # A solver's own code lets no handler of Python run: a second Ctrl-C is the system's, which ends it at once.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    signal.signal(signal.SIGINT, stop)
    try:
        yield found
    finally:
        signal.signal(signal.SIGINT, before)
