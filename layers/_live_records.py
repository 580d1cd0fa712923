"""Rows of the catalog that people write or that must be erasable: personal data, answers about doubtful matches."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import ARRAY, String, bindparam, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from layers import _workspace_folder as folder
from layers.catalog import AliasRow, AuditRow, Catalog, ErasureRow, MatchDecisionRow, PersonalRow
from layers.matching.doubts import pair_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from layers.matching.doubts import Pair

ROWS_AT_ONCE = 500
"""Ids that one statement names; databases bound the parameters of a statement."""
SINCE = "0002"
"""Version of the catalog that holds these rows first."""
ERASURES_SINCE = "0003"
"""Version of the catalog that remembers erasures first."""


def keep_personal(session: Session, kind: str, records: pd.DataFrame) -> None:
    """Keep names and telephones in the table that can be erased; what a record does not say stays as it was.

    What was erased once is not kept again, whatever file brings it.

    Parameters
    ----------
    session
        A session that writes.
    kind
        Kind of the records.
    records
        ``asset_id`` and personal columns, null where there is none.
    """
    records = records[~records["asset_id"].isin(erased_ids(session)).to_numpy(dtype=bool)]
    told = records.melt("asset_id", var_name="field", value_name="value").dropna(subset="value")
    if told.empty:
        return
    columns = told.astype(str)[["asset_id", "field", "value"]]
    same = {"kind": kind, "erasable": True}
    if session.get_bind().dialect.name == "sqlite":
        rows = _replacing(sqlite.insert(PersonalRow))
        session.connection().execute(rows, columns.assign(**same).to_dict("records"))  # past the session: rows only
        return
    arrays = [func.unnest(bindparam(name, columns[name].tolist(), ARRAY(String))) for name in columns]
    fixed = [literal(value).label(name) for name, value in same.items()]
    chosen = postgresql.insert(PersonalRow).from_select([*columns, *same], select(*arrays, *fixed))
    session.execute(_replacing(chosen))  # one statement: a driver that sends rows one by one needs minutes


def _replacing(rows: Any) -> Any:
    changed = {name: rows.excluded[name] for name in ("value", "kind", "erasable")}
    return rows.on_conflict_do_update(index_elements=["asset_id", "field"], set_=changed)


def personal(catalog: Catalog, asset_ids: Sequence[str], who: str) -> pd.DataFrame:
    """Return the personal data of assets: ``asset_id``, ``field``, ``value``. That it was read is noted, not what."""
    catalog.require(SINCE, "personal data", "个人信息")
    found: list[tuple[str, str, str]] = []
    with catalog.writing() as session:
        for some in _portions(asset_ids):
            query = select(PersonalRow.asset_id, PersonalRow.field, PersonalRow.value)
            rows = session.execute(query.where(PersonalRow.asset_id.in_(some)))
            found += [(row.asset_id, row.field, row.value) for row in rows]
        _note(session, who, "read personal", {"assets": len({row[0] for row in found})})
    frame = pd.DataFrame(found, columns=["asset_id", "field", "value"], dtype="str")
    return frame.sort_values(["asset_id", "field"], ignore_index=True)


def erase_personal(catalog: Catalog, asset_ids: Sequence[str], who: str) -> int:
    """Erase the personal data of assets, where it may be erased, and return how many values were.

    It is gone for good: that it was erased is remembered by the id of the asset, and of those that became part of it,
    so that importing the same file again does not bring it back.
    """
    erased, now = 0, folder.now()
    with catalog.writing() as session:
        everything = sorted({*asset_ids, *_parts_of(session, asset_ids)})
        for some in _portions(everything):
            chosen = PersonalRow.asset_id.in_(some), PersonalRow.erasable
            erased += session.scalar(select(func.count()).select_from(PersonalRow).where(*chosen)) or 0
            session.execute(delete(PersonalRow).where(*chosen))
            session.execute(delete(ErasureRow).where(ErasureRow.asset_id.in_(some)))
            session.execute(insert(ErasureRow), [{"asset_id": name, "at": now, "who": who} for name in some])
        _note(session, who, "erase personal", {"assets": len(asset_ids), "values": erased})
    return erased


def erased_ids(session: Session, aliases: Mapping[str, str] = MappingProxyType({})) -> set[str]:
    """Return the assets whose personal data were erased, and those that they became part of since.

    Parameters
    ----------
    session
        A session of the catalog, of this version.
    aliases
        Merges that the catalog does not hold yet: former id -> the id under which the asset goes on.
    """
    found = set(session.scalars(select(ErasureRow.asset_id)))
    merges = session.execute(select(AliasRow.former, AliasRow.asset_id)) if found else ()
    return _led_to(found, {*((row.former, row.asset_id) for row in merges), *aliases.items()})


def _parts_of(session: Session, asset_ids: Sequence[str]) -> set[str]:
    """Return the former ids of everything that became part of these assets."""
    merges = session.execute(select(AliasRow.former, AliasRow.asset_id))
    return _led_to(set(asset_ids), {(row.asset_id, row.former) for row in merges})


def _led_to(ids: set[str], steps: set[tuple[str, str]]) -> set[str]:
    """Return ids and all that steps (from, to) lead to from them, step after step."""
    found: set[str] = set()
    new = ids
    while new:
        found |= new
        new = {after for before, after in steps if before in new} - found
    return found


def _portions(asset_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(asset_ids), ROWS_AT_ONCE):
        yield asset_ids[start : start + ROWS_AT_ONCE]


def decide_matches(catalog: Catalog, kind: str, answers: Mapping[Pair, bool], who: str) -> None:
    """Keep whether pairs of records are one thing, as a person said; a later answer takes the place of an earlier."""
    now = folder.now()
    with catalog.writing() as session:
        for (first, second), same in answers.items():
            one, other = sorted((first, second))
            row = MatchDecisionRow(
                kind=kind, pair_key=pair_key(one, other), one=one, other=other, same=same, who=who, at=now
            )
            session.merge(row)
            _note(session, who, "decide match", {"kind": kind, "pair_key": row.pair_key, "same": same})


def match_decisions(catalog: Catalog, kind: str) -> dict[Pair, bool]:
    """Return the answers about pairs of a kind; none where an older catalog is only read."""
    if catalog.version < SINCE:
        return {}
    query = select(MatchDecisionRow.one, MatchDecisionRow.other, MatchDecisionRow.same)
    with catalog.reading() as session:
        rows = session.execute(query.where(MatchDecisionRow.kind == kind))
        return {(row.one, row.other): row.same for row in rows}


def _note(session: Session, who: str, verb: str, detail: dict[str, Any]) -> None:
    session.add(AuditRow(at=folder.now(), who=who, verb=verb, detail=detail))
