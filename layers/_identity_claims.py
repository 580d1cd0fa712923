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

from layers._identity_numbers import Groups, among, distinct, numbered, only_owners, paired
from layers._identity_renumbered import dealt_anew

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
    sides = Sides(records, known, nameless)
    taken = np.zeros(len(assets), dtype=bool)
    is_open = np.ones(n, dtype=bool)
    if fixed is not None:
        is_open = pd.isna(fixed)
        held = pd.Index(assets).get_indexer(fixed[~is_open])
        taken[held[held >= 0]] = True
    dealt = np.where(is_open, dealt_anew(sides, asset), -1)
    dealt[dealt >= 0] = np.where(taken[dealt[dealt >= 0]], -1, dealt[dealt >= 0])
    taken[dealt[dealt >= 0]] = True
    found = _settled(sides, asset, taken, np.flatnonzero(is_open & (dealt < 0)))
    found = np.where(dealt >= 0, dealt, found)
    changed_sides = ((sides.key_title, sides.title), (sides.key_spot, sides.spot), (sides.key_door, sides.door))
    for key_known_by, known_by in changed_sides:
        _take_changed(sides, asset, taken, found, is_open & (found < 0), key_known_by, known_by)
    is_news = sides.is_news() | ((dealt >= 0) & ~_is_said(sides.own, dealt, sides.key_own, asset))
    return Claims(np.asarray([*assets, None], dtype=object)[found], is_news, assets)


def _is_said(own: Ints, claim: Ints, key_own: Ints, asset: Ints) -> Bools:
    """Return whether a key leads from a record's (source, id) to the asset that it is."""
    both = paired(np.append(key_own, own), np.append(asset, claim), np.append(key_own, own) >= 0)
    return among(both[len(key_own) :], both[: len(key_own)])


class Sides:
    """Records and keys side by side, with whole numbers in the place of texts.

    ``own`` numbers (source, id), ``call`` numbers the name, or the place of what has no name, ``title`` numbers
    (source, name and address) where both are said, ``spot`` numbers (source, place), ``door`` (source, address) of what
    has no place but a house number, ``told`` (source, name and address, place) where all are said; -1 is none.
    """

    def __init__(self, records: pa.Table, known: pa.Table, nameless: str) -> None:
        self.n, self._split = len(records), len(known)
        both = pa.concat_tables([known.select(records.column_names), records])
        source, own_id, name = (numbered(both[column]) for column in ("source", "source_id", "name_key"))
        lon, lat = (both[axis].to_numpy() for axis in ("lon", "lat"))
        place = paired(np.nan_to_num(np.rint(lon * 1e6)), np.nan_to_num(np.rint(lat * 1e6)), ~np.isnan(lon))
        is_nameless = pc.equal(both["name_key"], nameless).to_numpy()
        call = np.where(is_nameless, np.where(place < 0, -1, name.max(initial=0) + 1 + place), name)
        blanks = pc.or_(pc.starts_with(both["name_key"], nameless), pc.ends_with(both["name_key"], nameless))
        everywhere = np.ones(len(name), dtype=bool)
        self._said = paired(name, place, everywhere)
        self.key_source, self.source = self.parted(source)
        self.key_own, self.own = self.parted(paired(source, own_id, own_id >= 0))
        self.key_call, self.call = self.parted(call)
        self.key_title, self.title = self.parted(paired(source, name, ~blanks.to_numpy()))
        self.key_spot, self.spot = self.parted(paired(source, place, place >= 0))
        self.key_told, self.told = self.parted(paired(source, self._said, (place >= 0) & ~is_nameless))
        door, is_door = _doors(both["name_key"], place < 0)
        self.key_door, self.door = self.parted(paired(source, door, is_door))
        self.key_lon, self.lon = self.parted(lon)
        self.key_lat, self.lat = self.parted(lat)
        self.is_own = among(self.own, self.key_own)

    def parted(self, column: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the keys' and the records' part of a column."""
        return column[: self._split], column[self._split :]

    def is_news(self) -> Bools:
        """Return whether no key has the record's (source, id), or, where it has none, its name and place."""
        key_said, said = self.parted(self._said)
        news: Bools = np.where(self.own >= 0, ~self.is_own, ~among(said, key_said))
        return news

    def agree(self, record: Ints, key: Ints) -> Bools:
        """Return whether a record may be the asset of a key of its name: not two ids of one source, and near enough."""
        two_ids = (self.own[record] >= 0) & (self.key_own[key] >= 0) & (self.source[record] == self.key_source[key])
        good: Bools = ~two_ids
        ours, theirs = record[good], key[good]
        is_anywhere = np.isnan(self.lon[ours]) | np.isnan(self.key_lon[theirs])
        good[good] = is_anywhere | self.lie_near(ours, theirs)
        return good

    def lie_near(self, record: Ints, key: Ints) -> Bools:
        """Return whether both have a place, and these are one, or at most :data:`SAME_PLACE_M` apart."""
        lon, lat, key_lon, key_lat = self.lon[record], self.lat[record], self.key_lon[key], self.key_lat[key]
        near = (lon == key_lon) & (lat == key_lat)
        far = np.flatnonzero(~near & ~np.isnan(lon) & ~np.isnan(key_lon))
        near[far] = _GEOD.inv(lon[far], lat[far], key_lon[far], key_lat[far])[2] <= SAME_PLACE_M
        return np.asarray(near, dtype=bool)


def _doors(name_keys: pa.ChunkedArray, is_asked: Bools) -> tuple[Ints, Bools]:
    """Return a number for each house number with how the name there begins, and which of the records asked have one.

    幸福里 and 幸福里小区 of one door are one; a 药店 where there was a 粥店 is another.
    """
    texts = pc.if_else(pa.array(is_asked), name_keys, pa.scalar(None, pa.string()))
    doors = pc.replace_substring_regex(texts, r"^(.{2})[^|]*\|(.*)$", r"\1|\2")
    is_door = pc.match_substring_regex(texts, r"^[^|]{2,}\|.*[0-9]")
    return numbered(doors), np.asarray(pc.fill_null(is_door, False))


def _settled(sides: Sides, asset: Ints, taken: Bools, rows: Ints) -> Ints:
    """Return the asset of each record of ``rows``, -1 where it is none."""
    found = np.full(sides.n, -1, dtype=np.int64)
    search = _Search(sides)
    is_crowded = search.is_crowded(rows)
    crowd, few = rows[is_crowded], rows[~is_crowded]
    record, key = search.pairs(few)
    record, claim = distinct(record, asset[key], len(taken))
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
    sides: Sides, asset: Ints, taken: Bools, found: Ints, is_open: Bools, key_known_by: Ints, known_by: Ints
) -> None:
    """Give records that lie near nothing of their name the one asset that their source knows by what did not change.

    A mended coordinate is no new asset, nor is a name from another column: ``known_by`` numbers first name and address,
    then the place to a tenth of a metre. Nobody else in the file and no other asset of the source may have them, and
    two ids of one source stay two assets; the first record in order takes the asset.
    """
    with_id = np.zeros(int(max(known_by.max(initial=-1), key_known_by.max(initial=-1))) + 2, dtype=bool)
    with_id[key_known_by[(key_known_by >= 0) & (sides.key_own >= 0)]] = True
    claim = only_owners(known_by, key_known_by, asset)
    rows = np.flatnonzero(is_open & (claim >= 0) & ~sides.is_own & ~((sides.own >= 0) & with_id[known_by]))
    taken[found[found >= 0]] = True
    rows = rows[~taken[claim[rows]]]
    first = rows[~pd.Series(claim[rows]).duplicated().to_numpy()]
    found[first] = claim[first]


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


class _Search:
    """The keys that each record may be known by: those of its (source, id), else those of its name that agree."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._own, self._call = Groups(sides.key_own), Groups(sides.key_call)
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

    def __init__(self, sides: Sides, keys: Ints) -> None:
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
