"""Asset ids record by record, as plainly as they can be said: what layers.identity must agree with."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    import geopandas as gpd

SAME_PLACE_M = 150.0
GEOD = Geod(ellps="WGS84")
Place = tuple[float, float] | None


@dataclass(frozen=True)
class Key:
    """By which an asset is known."""

    source: str
    source_id: str | None
    name_key: str
    place: Place
    asset_id: str = ""


def name_key(name: str, address: str) -> str:
    """Return a name and address without what ledgers write differently."""
    text = unicodedata.normalize("NFKC", f"{name}|{address}").casefold()
    return "".join(char for char in text if char.isalnum() or char == "|")


def assign(kind: str, frame: gpd.GeoDataFrame, known: Iterable[Key]) -> tuple[list[str], list[Key]]:
    """Return the id of each record, and the keys that were not known."""
    known = list(known)
    by_source: dict[tuple[str, str], list[Key]] = defaultdict(list)
    by_name: dict[str, list[Key]] = defaultdict(list)
    for key in known:
        if key.source_id is not None:
            by_source[key.source, key.source_id].append(key)
        by_name[key.name_key].append(key)
    taken: set[str] = set()
    records = records_of(frame)
    anew = dealt_anew(records, known, by_source)
    taken |= {*anew.values()}
    found: list[str | None] = []
    for at, record in enumerate(records):
        own = by_source.get((record.source, record.source_id or ""), [])
        wanted = own or [key for key in by_name[record.name_key] if agrees(record, key)]
        free = (key.asset_id for key in wanted if key.asset_id not in taken)
        found.append(anew.get(at) or next(free, None))
        taken |= {found[-1]} - {None}
    for known_by in (title, spot, door):
        for at, record in enumerate(records):
            if found[at] is None and not by_source.get((record.source, record.source_id or "")):
                found[at] = changed(known_by(record), [*map(known_by, records)], record, known, known_by, taken)
                taken |= {found[at]} - {None}
    used = {key.asset_id for key in known} | taken
    ids, new = [], []
    for at, (record, asset_id) in enumerate(zip(records, found, strict=True)):
        ids.append(asset_id or free_id(kind, record, used))
        used.add(ids[-1])
        own = by_source.get((record.source, record.source_id or ""), [])
        is_said = bool(own) if record.source_id else any(key.place == record.place for key in by_name[record.name_key])
        is_new_number = at in anew and not any(key.asset_id == asset_id for key in own)
        if asset_id is None or is_new_number or not is_said:
            new.append(Key(record.source, record.source_id, record.name_key, record.place, ids[-1]))
    return ids, new


def title(key: Key) -> Hashable:
    """Return source, name and address, where both are said."""
    return None if key.name_key.startswith("|") or key.name_key.endswith("|") else (key.source, key.name_key)


def spot(key: Key) -> Hashable:
    """Return source and place."""
    return None if key.place is None else (key.source, key.place)


def door(key: Key) -> Hashable:
    """Return source, address and how the name begins, of what has no place but a house number."""
    name, _, address = key.name_key.rpartition("|")
    is_door = key.place is None and len(name) > 1 and any(char in "0123456789" for char in address)
    return (key.source, name[:2], address) if is_door else None


def told(key: Key) -> Hashable:
    """Return source, name and address, and place, where they are said."""
    return None if key.place is None or key.name_key == "|" else (key.source, key.name_key, key.place)


def dealt_anew(records: list[Key], known: list[Key], by_source: dict[tuple[str, str], list[Key]]) -> dict[int, str]:
    """Return the assets of records that kept name and place and got another number: position -> asset."""
    named, denied = dict[int, str](), set[int]()
    for at, record in enumerate(records):
        own = by_source.get((record.source, record.source_id or ""), [])
        if own:
            named[at] = own[0].asset_id
            if not any(key.asset_id == named[at] and is_it(record, key) for key in own):
                denied.add(at)
    held = {named[at] for at in named if at not in denied}
    free = {named[at] for at in denied}
    found = dict[int, str]()
    for at, record in enumerate(records):
        target = only(record, records, known, told) or only(record, records, known, title)
        target = target or agreeing(record, records, by_source)
        has_new_number = record.source_id is not None and at not in named and target in free
        is_right = target is not None and target not in held and (at in denied or has_new_number)
        if denied and is_right and target not in found.values():
            found[at] = str(target)
    return found


def agreeing(record: Key, records: list[Key], by_source: dict[tuple[str, str], list[Key]]) -> str | None:
    """Return the asset of the first key of a record's number that agrees with it, where nobody else has the number."""
    named = record.source, record.source_id or ""
    is_shared = [(item.source, item.source_id) for item in records].count(named) > 1
    found = (key.asset_id for key in by_source.get(named, []) if is_like(record, key))
    return None if is_shared else next(found, None)


def is_it(record: Key, key: Key) -> bool:
    """Return whether a record has the name or the exact place of a key."""
    is_named = "|" not in (record.name_key, key.name_key) and record.name_key == key.name_key
    return is_named or (record.place is not None and record.place == key.place)


def is_like(record: Key, key: Key) -> bool:
    """Return whether a record has the name or the place of a key."""
    is_nameless = "|" in (record.name_key, key.name_key)
    is_near = None not in (record.place, key.place) and (
        record.place == key.place or GEOD.inv(*record.place, *key.place)[2] <= SAME_PLACE_M  # type: ignore[misc]
    )
    return is_near or (not is_nameless and record.name_key == key.name_key)


def only(record: Key, records: list[Key], known: list[Key], known_by: Callable[[Key], Hashable]) -> str | None:
    """Return the one asset of those keys that say what this record alone says."""
    said = known_by(record)
    assets = {key.asset_id for key in known if said is not None and known_by(key) == said}
    return assets.pop() if len(assets) == 1 and [*map(known_by, records)].count(said) == 1 else None


def changed(
    said: Hashable, in_file: list[Hashable], record: Key, known: list[Key], known_by: Callable, taken: set[str]
) -> str | None:
    """Return the one asset of the record's source that has its name and address, or its place."""
    if said is None or in_file.count(said) > 1:
        return None
    keys = [key for key in known if known_by(key) == said]
    assets = {key.asset_id for key in keys}
    has_ids = record.source_id is not None and any(key.source_id is not None for key in keys)
    return assets.pop() if len(assets) == 1 and not has_ids and not assets & taken else None


def records_of(frame: gpd.GeoDataFrame) -> list[Key]:
    """Return what each record is known by."""
    points = frame.geometry.representative_point()
    columns = [frame[name].astype("string").fillna("") for name in ("source", "source_id", "name", "address")]
    return [
        Key(source, source_id or None, name_key(name, address), None if math.isnan(x) else (round(x, 6), round(y, 6)))
        for source, source_id, name, address, x, y in zip(*columns, points.x.tolist(), points.y.tolist(), strict=True)
    ]


def agrees(record: Key, key: Key) -> bool:
    """Return whether two records of one name may be one asset."""
    if record.source_id is not None and key.source_id is not None and record.source == key.source:
        return False
    if record.name_key == "|":
        return record.place is not None and record.place == key.place
    if record.place is None or key.place is None:
        return True
    return GEOD.inv(*record.place, *key.place)[2] <= SAME_PLACE_M


def free_id(kind: str, record: Key, used: set[str]) -> str:
    """Return an id that nobody has."""
    known_by = (record.source, record.source_id) if record.source_id else (record.name_key, repr(record.place))
    numbers = ("", *range(2, 10_000))
    return next(
        item for item in (hashed(kind, *known_by, *str(again).split()) for again in numbers) if item not in used
    )


def hashed(kind: str, *known_by: str) -> str:
    """Return the id made from what a record is known by."""
    return f"{kind}-{hashlib.sha256(chr(0x1F).join((kind, *known_by)).encode()).hexdigest()[:12]}"
