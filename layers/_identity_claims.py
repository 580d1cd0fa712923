"""Which known asset each record is: claims of records on assets, settled in the order of the records.

Nearly every record has one candidate that nobody else wants; those are settled by joins. Only contested ones (two
records of one name near each other, two assets of one name) are walked in order, each taking its first free candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import Geod
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

SAME_PLACE_M = 150.0
"""ASSUMPTION: two records of one name this near are one asset. A hand-placed point moves by tens of metres between
two ledgers; two communities of one name stand further apart."""
CROWD = 64
"""A name with more keys than this is searched by place, not by comparing every record with every key."""
_GEOD = Geod(ellps="WGS84")
_RADIUS_M = 6_378_137.0


@dataclass(frozen=True)
class Claims:
    """What was recognised.

    Parameters
    ----------
    ids
        Asset id of each record, ``None`` where it is none of those known.
    is_news
        Whether the record says of its asset what no key says yet: another id, or another place.
    known_ids
        All ids in use, each once.
    """

    ids: NDArray[np.object_]
    is_news: Bools
    known_ids: NDArray[np.object_]


def recognise(records: pa.Table, known: pa.Table, nameless: str, fixed: NDArray[np.object_] | None = None) -> Claims:
    """Return which of the ``known`` assets each record is (rules: :func:`layers.identity.assign_ids`).

    Parameters
    ----------
    records, known
        Keys; ``known`` with ``asset_id``.
    nameless
        Name key of a record without name and address.
    fixed
        Ids decided already, ``None`` where open; those assets are nobody else's.
    """
    n = len(records)
    if not len(known):
        return Claims(np.full(n, None, dtype=object), np.ones(n, dtype=bool), np.empty(0, dtype=object))
    encoded = known["asset_id"].combine_chunks().dictionary_encode()
    asset, assets = encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_numpy(zero_copy_only=False)
    sides = _Sides(records, known, nameless)
    taken = np.zeros(len(assets), dtype=bool)
    is_open = np.ones(n, dtype=bool)
    if fixed is not None:
        is_open = pd.isna(fixed)
        held = pd.Index(assets).get_indexer(fixed[~is_open])
        taken[held[held >= 0]] = True
    found = _settled(sides, asset, taken, np.flatnonzero(is_open))
    for key_known_by, known_by in ((sides.key_title, sides.title), (sides.key_spot, sides.spot)):
        _take_changed(sides, asset, taken, found, is_open & (found < 0), key_known_by, known_by)
    return Claims(np.asarray([*assets, None], dtype=object)[found], sides.is_news(), assets)


class _Sides:
    """Records and keys side by side, with whole numbers in the place of texts.

    ``own`` numbers (source, id), ``call`` numbers the name, or the place of what has no name, ``title`` numbers
    (source, name and address) where both are said, ``spot`` numbers (source, place); -1 is none.
    """

    def __init__(self, records: pa.Table, known: pa.Table, nameless: str) -> None:
        self.n, self._split = len(records), len(known)
        both = pa.concat_tables([known.select(records.column_names), records])
        source, own_id, name = (_numbered(both[column]) for column in ("source", "source_id", "name_key"))
        lon, lat = (both[axis].to_numpy() for axis in ("lon", "lat"))
        place = _paired(np.nan_to_num(np.rint(lon * 1e6)), np.nan_to_num(np.rint(lat * 1e6)), ~np.isnan(lon))
        is_nameless = pc.equal(both["name_key"], nameless).to_numpy()
        call = np.where(is_nameless, np.where(place < 0, -1, name.max(initial=0) + 1 + place), name)
        blanks = pc.or_(pc.starts_with(both["name_key"], nameless), pc.ends_with(both["name_key"], nameless))
        everywhere = np.ones(len(name), dtype=bool)
        self._said = _paired(name, place, everywhere)
        self.key_source, self.source = self.parted(source)
        self.key_own, self.own = self.parted(_paired(source, own_id, own_id >= 0))
        self.key_call, self.call = self.parted(call)
        self.key_title, self.title = self.parted(_paired(source, name, ~blanks.to_numpy()))
        self.key_spot, self.spot = self.parted(_paired(source, place, place >= 0))
        self.key_lon, self.lon = self.parted(lon)
        self.key_lat, self.lat = self.parted(lat)
        self.is_own = _among(self.own, self.key_own)

    def parted(self, column: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the keys' and the records' part of a column."""
        return column[: self._split], column[self._split :]

    def is_news(self) -> Bools:
        """Return whether no key has the record's (source, id), or, where it has none, its name and place."""
        key_said, said = self.parted(self._said)
        news: Bools = np.where(self.own >= 0, ~self.is_own, ~_among(said, key_said))
        return news

    def agree(self, record: Ints, key: Ints) -> Bools:
        """Return whether a record may be the asset of a key of its name: not two ids of one source, and near enough."""
        two_ids = (self.own[record] >= 0) & (self.key_own[key] >= 0) & (self.source[record] == self.key_source[key])
        good: Bools = ~two_ids
        ours, theirs = record[good], key[good]
        lon, lat, key_lon, key_lat = self.lon[ours], self.lat[ours], self.key_lon[theirs], self.key_lat[theirs]
        near = np.isnan(lon) | np.isnan(key_lon) | ((lon == key_lon) & (lat == key_lat))
        far = np.flatnonzero(~near)
        near[far] = _GEOD.inv(lon[far], lat[far], key_lon[far], key_lat[far])[2] <= SAME_PLACE_M
        good[good] = near
        return good


def _numbered(texts: pa.ChunkedArray) -> Ints:
    """Return a number for each text, the same for the same one; -1 for none."""
    indices = texts.combine_chunks().dictionary_encode().indices
    return np.asarray(indices.fill_null(-1).to_numpy(), dtype=np.int64)


def _paired(one: NDArray[Any], other: NDArray[Any], is_there: Bools) -> Ints:
    """Return a number for each pair of whole numbers, the same for the same pair; -1 where it is not there."""
    low = int(other.min(initial=0))
    width = int(other.max(initial=0)) - low + 1
    codes = pd.factorize(one.astype(np.int64) * width + (other.astype(np.int64) - low))[0]
    return np.where(is_there, codes, -1).astype(np.int64)


def _among(number: Ints, others: Ints) -> Bools:
    """Return which numbers (small, from -1) are among others; -1 never is."""
    there = np.zeros(max(number.max(initial=-1), others.max(initial=-1)) + 2, dtype=bool)
    there[others] = True
    there[-1] = False
    found: Bools = there[number]
    return found


def _settled(sides: _Sides, asset: Ints, taken: Bools, rows: Ints) -> Ints:
    """Return the asset of each record of ``rows``, -1 where it is none."""
    found = np.full(sides.n, -1, dtype=np.int64)
    search = _Search(sides)
    is_crowded = search.is_crowded(rows)
    crowd, few = rows[is_crowded], rows[~is_crowded]
    record, key = search.pairs(few)
    record, claim = _distinct(record, asset[key], len(taken))
    free = ~taken[claim]
    record, claim = record[free], claim[free]
    wanted = np.bincount(claim, minlength=len(taken))
    wanted[asset[search.keys_of(crowd)]] += 2  # whoever else wants one of these waits for the crowd
    alone = (np.bincount(record, minlength=sides.n)[record] == 1) & (wanted[claim] == 1)
    found[record[alone]] = claim[alone]
    taken[claim[alone]] = True
    _walk(found, taken, asset, search, crowd, record[~alone], claim[~alone])
    return found


def _take_changed(
    sides: _Sides, asset: Ints, taken: Bools, found: Ints, is_open: Bools, key_known_by: Ints, known_by: Ints
) -> None:
    """Give records that lie near nothing of their name the one asset that their source knows by what did not change.

    A mended coordinate is no new asset, nor is a name from another column: ``known_by`` numbers first name and address,
    then the place to a tenth of a metre. Nobody else in the file and no other asset of the source may have them, and
    two ids of one source stay two assets; the first record in order takes the asset.
    """
    count = int(max(known_by.max(initial=-1), key_known_by.max(initial=-1))) + 1
    told = np.flatnonzero(key_known_by >= 0)
    number, owner = _distinct(key_known_by[told], asset[told], len(taken))
    is_one = np.bincount(number, minlength=count) == 1
    asset_of = np.full(count, -1, dtype=np.int64)
    asset_of[number] = owner
    with_id = np.zeros(count, dtype=bool)
    with_id[key_known_by[told[sides.key_own[told] >= 0]]] = True
    in_file = np.bincount(known_by[known_by >= 0], minlength=count)
    rows = np.flatnonzero(is_open & (known_by >= 0) & ~sides.is_own)
    said = known_by[rows]
    rows = rows[is_one[said] & (in_file[said] == 1) & ~((sides.own[rows] >= 0) & with_id[said])]
    claim = asset_of[known_by[rows]]
    taken[found[found >= 0]] = True
    first = ~taken[claim] & ~pd.Series(claim).duplicated().to_numpy()
    found[rows[first]] = claim[first]


def _distinct(record: Ints, claim: Ints, n_assets: int) -> tuple[Ints, Ints]:
    """Return claims in order, the first of each record on each asset."""
    first = ~pd.Series(record * n_assets + claim).duplicated().to_numpy()
    return record[first], claim[first]


def _walk(found: Ints, taken: Bools, asset: Ints, search: _Search, crowd: Ints, record: Ints, claim: Ints) -> None:
    """Give each contested record, in order, its first asset that is free."""
    starts = np.flatnonzero(np.diff(record, prepend=-1))
    ends = np.append(starts[1:], len(record))[: len(starts)]
    listed = dict(zip(record[starts].tolist(), zip(starts.tolist(), ends.tolist(), strict=True), strict=True))
    claims, flags = claim.tolist(), bytearray(taken.tobytes())
    is_taken = np.frombuffer(flags, dtype=bool)  # one memory, read one by one or as an array
    for row in sorted([*listed, *crowd.tolist()]):
        if row in listed:
            start, end = listed[row]
            choice = next((item for item in claims[start:end] if not flags[item]), -1)
        else:
            wanted = asset[search.candidates(row)]
            free = wanted[~is_taken[wanted]]
            choice = int(free[0]) if len(free) else -1
        if choice >= 0:
            found[row] = choice
            flags[choice] = True


class _Groups:
    """Keys sorted by a number, so that those of one number are found at once, oldest first."""

    def __init__(self, number: Ints) -> None:
        self._order = np.argsort(number, kind="stable").astype(np.int64)
        self._ends = np.cumsum(np.bincount(number + 1, minlength=1))

    def size_of(self, number: Ints) -> Ints:
        """Return how many keys have each number; none have -1."""
        first, last = self.bounds(number)
        return last - first

    def bounds(self, number: Ints) -> tuple[Ints, Ints]:
        """Return where the keys of each number begin and end in order."""
        inside = (number >= 0) & (number + 1 < len(self._ends))
        at = np.where(inside, number, 0)
        first = np.where(inside, self._ends[at], 0)
        return first, np.where(inside, self._ends[np.where(inside, at + 1, 0)], first)

    def keys(self, number: int) -> Ints:
        """Return the keys of one number."""
        first, last = self.bounds(np.array([number]))
        return self._order[first[0] : last[0]]

    def pairs(self, number: Ints, rows: Ints | None = None) -> tuple[Ints, Ints]:
        """Return every (record of ``rows``, or of all; key) of one number."""
        asked = np.arange(len(number)) if rows is None else rows
        first, last = self.bounds(number[asked])
        count = last - first
        before = np.cumsum(count) - count
        return np.repeat(asked, count), self._order[np.repeat(first - before, count) + np.arange(count.sum())]


class _Search:
    """The keys that each record may be known by: those of its (source, id), else those of its name that agree."""

    def __init__(self, sides: _Sides) -> None:
        self._sides = sides
        self._own, self._call = _Groups(sides.key_own), _Groups(sides.key_call)
        self._crowds: dict[int, _Crowd] = {}

    def is_crowded(self, rows: Ints) -> Bools:
        """Return whether more than :data:`CROWD` keys have the record's (source, id) or name."""
        is_own = self._sides.is_own[rows]
        size = np.where(is_own, self._own.size_of(self._sides.own[rows]), self._call.size_of(self._sides.call[rows]))
        return np.asarray(size > CROWD)

    def pairs(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return every (record, key), by record, the oldest key first."""
        is_own = self._sides.is_own[rows]
        own_record, own_key = self._own.pairs(self._sides.own, rows[is_own])
        record, key = self._call.pairs(self._sides.call, rows[~is_own])
        good = self._sides.agree(record, key)
        record, key = np.append(own_record, record[good]), np.append(own_key, key[good])
        order = np.argsort(record, kind="stable")  # keys of one record are in order already
        return record[order], key[order]

    def keys_of(self, rows: Ints) -> Ints:
        """Return all keys with the (source, id) or name of any of ``rows``."""
        is_own = self._sides.is_own[rows]
        sides = ((self._own, self._sides.own[rows[is_own]]), (self._call, self._sides.call[rows[~is_own]]))
        return np.concatenate([groups.pairs(np.unique(numbers))[1] for groups, numbers in sides])

    def candidates(self, row: int) -> Ints:
        """Return the keys whose asset the record may be, oldest first."""
        sides = self._sides
        if sides.is_own[row]:
            return self._own.keys(int(sides.own[row]))
        name = int(sides.call[row])
        if name not in self._crowds:
            self._crowds[name] = _Crowd(sides, self._call.keys(name))
        keys = self._crowds[name].near(sides.lon[row], sides.lat[row])
        return keys[sides.agree(np.full(len(keys), row), keys)]


class _Crowd:
    """The keys of one name."""

    def __init__(self, sides: _Sides, keys: Ints) -> None:
        self._keys = keys
        self._lon, self._lat = sides.key_lon[keys], sides.key_lat[keys]
        self._placed = np.flatnonzero(~np.isnan(self._lon))
        self._unplaced = np.flatnonzero(np.isnan(self._lon))

    @cached_property
    def _tree(self) -> KDTree:
        return KDTree(_on_sphere(self._lon[self._placed], self._lat[self._placed]))

    def near(self, lon: float, lat: float) -> Ints:
        """Return the keys that may lie within the tolerance, and those without a place; all for a record without one.

        The search is on a sphere and generous: its distances are up to 0.7 % off those on the ellipsoid.
        """
        if np.isnan(lon):
            return self._keys
        centre = _on_sphere(np.array([lon]), np.array([lat]))[0]
        hits = self._tree.query_ball_point(centre, SAME_PLACE_M * 1.02)
        return self._keys[np.sort(np.append(self._placed[hits], self._unplaced).astype(np.int64))]


def _on_sphere(lon: Floats, lat: Floats) -> Floats:
    """Return points in space, metres."""
    east, north = np.radians(lon), np.radians(lat)
    return _RADIUS_M * np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
