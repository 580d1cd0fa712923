"""Time for a search: how much of it is over, and an end by hand that keeps the best so far."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


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
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield found
    finally:
        signal.signal(signal.SIGINT, before)
