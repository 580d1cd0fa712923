"""Records whose numbers were dealt anew: 编号 1, 2, 3 of a list into which a line was put on top.

The number of a source names its asset, whatever becomes of name and place. But a record that has neither the name nor
the place of what its number named, and exactly the name and place of another asset, is that other one: the list was
numbered anew, and ids must not slide to the neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers._identity_numbers import Groups, only_owners

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers._identity_claims import Sides

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def dealt_anew(sides: Sides, asset: Ints) -> Ints:
    """Return the asset of each record that kept what it is and got another number; -1 for all others.

    Parameters
    ----------
    sides
        Records and keys.
    asset
        Number of the asset of each key.
    """
    named, is_denied, agreeing = _named(sides, asset)
    if not is_denied.any():
        return np.full(sides.n, -1, dtype=np.int64)
    claim = only_owners(sides.told, sides.key_told, asset)
    claim = np.where(claim < 0, only_owners(sides.title, sides.key_title, asset), claim)
    claim = np.where(claim < 0, agreeing, claim)
    is_held, is_free = (np.zeros(int(asset.max(initial=-1)) + 2, dtype=bool) for _ in range(2))
    is_held[named[sides.is_own & ~is_denied]] = True  # their records still are what their number says
    is_free[named[is_denied]] = True
    has_new_number = (sides.own >= 0) & ~sides.is_own & is_free[claim]
    is_dealt = (claim >= 0) & ~is_held[claim] & (is_denied | has_new_number)
    claim = np.where(is_dealt, claim, -1)
    again = pd.Series(claim).duplicated().to_numpy()
    return np.where(again, -1, claim)


def _named(sides: Sides, asset: Ints) -> tuple[Ints, Bools, Ints]:
    """Return what each record's (source, id) names.

    Returns
    -------
    named
        The asset of the oldest key, -1 for none.
    is_denied
        Where the record has neither the name nor the exact place of any key of it: neighbours of a street lie near.
    agreeing
        The asset of the first key whose name or place it has, where nobody else in the file has the number; else -1.
        A number that was dealt anew before leads to several assets.
    """
    record, key = Groups(sides.key_own).pairs(sides.own, np.flatnonzero(sides.is_own))
    same_spot = (sides.lon[record] == sides.key_lon[key]) & (sides.lat[record] == sides.key_lat[key])
    is_it = same_spot | ((sides.call[record] >= 0) & (sides.call[record] == sides.key_call[key]))
    agrees, open_pairs = is_it.copy(), np.flatnonzero(~is_it)
    agrees[open_pairs] = sides.lie_near(record[open_pairs], key[open_pairs])
    named, agreeing = (np.full(sides.n, -1, dtype=np.int64) for _ in range(2))
    first = np.flatnonzero(np.diff(record, prepend=-1))
    named[record[first]] = asset[key[first]]
    is_denied = sides.is_own.copy()
    is_denied[record[is_it & (asset[key] == named[record])]] = False
    like = np.flatnonzero(agrees)[::-1]  # the first is written last
    agreeing[record[like]] = asset[key[like]]
    is_shared = np.bincount(sides.own[sides.own >= 0], minlength=1)[sides.own] > 1
    return named, is_denied, np.where(is_shared, -1, agreeing)
