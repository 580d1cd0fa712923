"""The time of a search: how much of it is over, and an end to programs and proofs that run when it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import highspy

LEAST_S = 0.1
"""What an integer program is given however little time there is."""

NODES = 20_000
"""Nodes of an integer program where no clock tells the time: the same on every machine."""


class Clock:
    """The time of a search.

    Parameters
    ----------
    seconds
        In all.
    spent
        Which share of them is over; ``None``: nothing tells the time, and programs end by what they have looked at.

    Attributes
    ----------
    is_cut, is_ended
        Whether some part of the search was ended by the time; whether an integer program was given up before its end.
    """

    def __init__(self, seconds: float = 0.0, spent: Callable[[], float] | None = None) -> None:
        self._seconds, self._spent = seconds, spent
        self.is_cut = self.is_ended = False

    def share(self) -> float:
        """Return which share of the time is over."""
        return self._spent() if self._spent is not None else 0.0

    def is_over(self, until: float = 1.0) -> bool:
        """Return whether a share of the time is over, and remember if it ever was: the search is cut then."""
        is_over = self.share() >= until
        self.is_cut |= is_over
        return is_over

    def within(self, highs: highspy.Highs, part: float, *, nodes: int = NODES) -> None:
        """Let a program run no longer than a part of the whole time, or what is left of it."""
        if self._spent is None:
            highs.setOptionValue("mip_max_nodes", nodes)
            return
        seconds = self._seconds * min(part, 1.0 - self._spent())
        highs.setOptionValue("time_limit", max(LEAST_S, seconds))

    def watch(self, highs: highspy.Highs) -> None:
        """End a program when the time is over: Ctrl-C does not wait for it."""
        if self._spent is None:
            return

        def look(event: highspy.HighsCallbackEvent) -> None:
            if self.is_over():
                event.interrupt()

        highs.cbSimplexInterrupt.subscribe(look)
        highs.cbMipInterrupt.subscribe(look)
