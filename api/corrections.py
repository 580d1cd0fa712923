"""A file of records to be mended that comes back mended: it completes what its source gave, and replaces no more."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from layers import identity, schema
from layers.findings import Text
from layers.matching.sources import members

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.reading import ReadResult
    from layers.snapshot import Snapshot
    from layers.workspace import Workspace


def completed(workspace: Workspace, result: ReadResult, source: str) -> ReadResult:
    """Return a correction with the records of its source that it does not correct, which stay as they are.

    Parameters
    ----------
    workspace
        Its current layer holds what the source gave before.
    result
        The file as it was read; unchanged where it is no correction, or the source gave nothing yet.
    source
        Who gave both.
    """
    of, former = schema.kind(result.report.kind), workspace.current(result.report.kind)
    if not completes(result, former, source):
        return result
    before = members(workspace.read(of.name), of)
    before = before[before["source"].eq(source).fillna(value=False)].reset_index(drop=True)
    fresh = schema.conform(result.frame.reset_index(drop=True), of)
    stays = before[~_corrected(of.name, before, fresh.assign(source=source))]
    numbers = int(result.records.max(initial=0)) + 1 + np.arange(len(stays))
    report = deepcopy(result.report)
    report.read += len(stays)
    report.kept += len(stays)
    report.facts["correction"] = Text(
        f"更正文件 {len(fresh)} 条，与 {source} 其余的 {len(stays)} 条合成一份（后者照旧）",
        f"{len(fresh)} records are corrected; the other {len(stays)} of {source} stay as they are",
    )
    return replace(
        result,
        frame=pd.concat([fresh, schema.conform(stays, of)], ignore_index=True),
        report=report,
        records=np.concatenate([result.records, numbers]),
        originals=_originals(workspace, former, result, stays["asset_id"], numbers),
    )


def completes(result: ReadResult, former: Snapshot | None, source: str) -> bool:
    """Return whether a file corrects records of a source that the current layer holds."""
    return result.is_correction and former is not None and former.source_named(source) is not None


def terms(
    former: Snapshot | None, source: str, licence: str | None, attribution: str | None
) -> tuple[str | None, str | None]:
    """Return licence and attribution of a source: as said (an empty text for none), else as they stand."""
    before = None if former is None else former.source_named(source)
    if before is None:
        return licence or None, attribution or None
    said = ((licence, before.licence), (attribution, before.attribution))
    terms = [now if new is None else new or None for new, now in said]
    return terms[0], terms[1]


def terms_kept(said: tuple[str | None, str | None], terms: tuple[str | None, str | None]) -> Text:
    """Return, for people, which terms stay as the former file of the source had them, because nobody said others."""
    names = (("许可", "licence"), ("署名", "attribution"))
    kept = [(*name, now) for name, new, now in zip(names, said, terms, strict=True) if new is None and now is not None]
    zh, en = "，".join(f"{item[0]} {item[2]}" for item in kept), ", ".join(f"{item[1]} {item[2]}" for item in kept)
    options = ", ".join(f"--{item[1]}" for item in kept)
    return Text(
        f"沿用本来源上一次的{zh}；要改请写 {options}", f"{en} as of this source's former file; {options} changes it"
    )


def _corrected(kind: str, before: gpd.GeoDataFrame, fresh: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Return which records the corrected ones take the place of: those of one asset, and those waiting by one name."""
    keys = identity.record_keys(before)
    ids, _ = identity.assign_ids(kind, fresh, keys.append_column("asset_id", pa.array(before["asset_id"], pa.string())))
    corrected = before["asset_id"].isin(ids).to_numpy(dtype=bool)
    waits = shapely.is_missing(before.geometry.to_numpy()) & ~corrected
    is_new = ~ids.isin(before["asset_id"]).to_numpy(dtype=bool)
    called = pd.Series(identity.name_keys(before["name"], before["address"])).where(waits)
    mended = pd.Series(identity.name_keys(fresh["name"], fresh["address"]))[is_new]
    named = called.isin(mended[~mended.duplicated(keep=False)]) & ~called.duplicated(keep=False)
    is_named = (named & called.ne(identity.NAMELESS) & waits).to_numpy(dtype=bool)
    return np.asarray(corrected | is_named, dtype=bool)


def _originals(
    workspace: Workspace, former: Snapshot | None, result: ReadResult, ids: pd.Series, numbers: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    """Return the mended shapes of the file, and those of the records that stay, under their numbers."""
    if former is None:
        return result.originals
    kept = workspace.originals(former)
    kept = kept[kept["asset_id"].isin(ids)]
    number = pd.Series(numbers, index=ids.to_numpy())
    kept = kept.assign(record=number.reindex(kept["asset_id"]).to_numpy())
    parts = [item for item in (result.originals, kept) if len(item)]
    return pd.concat(parts, ignore_index=True) if parts else result.originals
