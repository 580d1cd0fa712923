"""What every choice of sites is bound by, and what is said of a choice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis._graph import Floats, Ints
    from gis._integer_program import Wait

SECONDS = 60.0
"""How long a search may take by default."""
ROUNDING = 1e-9
"""Share of a sum that binary fractions may be off by."""


class Reached(NamedTuple):
    """Pairs of a need and a site that serves it, by row."""

    need: Ints
    site: Ints

    def once(self) -> Reached:
        """Return each pair once, by site, then by need."""
        pairs = np.unique(np.stack([self.site, self.need], axis=1), axis=0) if len(self.need) else np.empty((0, 2), int)
        return Reached(pairs[:, 1], pairs[:, 0])


@dataclass(frozen=True)
class Terms:
    """What a choice of sites must keep, and how long it may be searched for.

    Parameters
    ----------
    budget
        In the unit of the costs.
    fixed
        Rows of sites that are there already: always open, and nothing more to pay.
    most_new
        How many sites may be opened at most, those fixed not counted; ``None``: any number.
    one_of
        A number for each site: of sites with the same number one may be open at most. ``None``: all may.
    least_cost
        Whether of equally good choices the cheapest is looked for, by a second program in the time that is left.
    seconds
        After which the best so far is returned.
    spent
        The share of these seconds that is over; 1 and more ends the search. ``None``: only the solver looks at them.
    wait
        Runs the solver for a caller that can lose patience (:func:`gis._integer_program.minimise`).
    """

    budget: float = math.inf
    fixed: tuple[int, ...] = ()
    most_new: int | None = None
    one_of: Ints | None = None
    least_cost: bool = False
    seconds: float = SECONDS
    spent: Callable[[], float] | None = None
    wait: Wait | None = None

    def is_over(self, share: float = 1.0) -> bool:
        """Whether this share of the time is over."""
        return self.spent is not None and self.spent() >= share

    def seconds_left(self) -> float:
        """Return how long the solver may take."""
        return self.seconds * max(0.0, 1.0 - (self.spent() if self.spent else 0.0))

    def price(self, cost: Floats) -> Floats:
        """Return the costs, nothing for the fixed sites."""
        price = np.array(cost, dtype=np.float64)
        price[list(self.fixed)] = 0.0
        return price

    def groups(self, sites: int) -> Ints:
        """Return the group of each site: a number of its own where nothing excludes it.

        Raises
        ------
        AnalysisError
            If two fixed sites exclude each other.
        """
        groups = np.arange(sites) if self.one_of is None else np.asarray(self.one_of, dtype=np.int64)
        taken = groups[list(self.fixed)]
        if np.unique(taken).size != len(set(self.fixed)):
            raise AnalysisError("two fixed sites exclude each other", "两处已定的选址互相排斥")
        return groups


@dataclass(frozen=True)
class Choice:
    """Sites to open.

    Parameters
    ----------
    sites
        Rows of the sites, ascending; those fixed among them.
    value
        What the choice reaches: need covered, or metres walked, or money spent, as asked for.
    bound
        Proven: no choice reaches more (or, where little is better, less).
    cost
        Of the sites that were not there before.
    """

    sites: tuple[int, ...]
    value: float
    bound: float
    cost: float

    @property
    def gap(self) -> float:
        """How much better another choice could be at most, as a share of :attr:`bound`; 0 is proven best."""
        return abs(self.bound - self.value) / max(abs(self.bound), 1e-9)


def check_numbers(columns: dict[str, Floats]) -> None:
    """Refuse numbers below 0 and none.

    Raises
    ------
    AnalysisError
        If there is one.
    """
    words = {"weight": "权重", "cost": "造价", "budget": "预算", "need": "需求", "room": "容量"}
    for name, column in columns.items():
        if np.isnan(column).any() or (np.asarray(column) < 0).any() or (name != "budget" and np.isinf(column).any()):
            raise AnalysisError(f"a {name} is below 0 or no number", f"{words[name]}有负数或空值")
