"""Whatever several sources say: nothing is lost, a file joined again changes nothing, and no order matters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_layers import KIND, layer, records, with_ids

from layers import schema
from layers.matching.join import join
from layers.matching.sources import members

if TYPE_CHECKING:
    import geopandas as gpd

ROW = st.fixed_dictionaries(
    {
        "source_id": st.one_of(st.none(), st.sampled_from("123456")),
        "name": st.sampled_from([None, "榕桥书院", "榕橋書院", "榕桥书院（北门）", "榕桥南书院", "水磨坊", "旧址"]),
        "address": st.sampled_from([None, "北渠街32号", "北渠街3号"]),
        "at": st.sampled_from([None, 0, 8, 60, 140, 400, 2000]),
        "built_year": st.sampled_from([None, 1921, 1923]),
        "structure": st.sampled_from([None, "unknown", "timber"]),
        "floor_area_m2": st.sampled_from([None, 0.1, 100.0, 120.5]),
        "remark": st.sampled_from([None, "甲", "乙"]),
        "data_date": st.sampled_from([None, "2026-01-01", "2026-06-01T12:30:00.250"]),
    }
)
ROWS = st.lists(ROW, max_size=5)


def listed(source: str, rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    """Return drawn rows as a list; an id stands for one record, as in a ledger that was read."""
    seen: set[object] = set()
    kept = []
    for row in rows:
        is_new = row["source_id"] is None or row["source_id"] not in seen
        seen.add(row["source_id"])
        kept.append(row if is_new else {**row, "source_id": None})
    return records(source, *kept) if kept else schema.empty(KIND)


def content(frame: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    """Return records as values that can be compared: all that a source said, and its place."""
    said = frame[[name for name in KIND.columns if name not in ("asset_id", "sources")]]
    said = said.assign(data_date=said["data_date"].astype("int64")).astype("string").fillna("-")
    return [
        (*row, shape.wkb_hex if shape else "-")
        for row, shape in zip(said.itertuples(index=False), frame.geometry, strict=True)
    ]


def partition(frame: gpd.GeoDataFrame) -> Counter[tuple[object, ...]]:
    """Return which records are one thing, whatever their order."""
    told = members(frame, KIND)
    found = pd.Series(content(told)).groupby(told["row"].to_numpy()).agg(lambda rows: tuple(sorted(rows)))
    return Counter(found)


@settings(max_examples=15)
@given(ROWS, ROWS)
def test_no_record_is_lost_and_the_counts_add_up(first: list, second: list) -> None:
    one, other = listed("甲", first), listed("乙", second)
    joined = join(layer(one), other, kind="heritage", source="乙")
    counts = joined.counts
    assert counts.read == len(other) == counts.kept + counts.merged
    assert counts.total == len(joined.frame) == counts.kept + counts.carried
    assert Counter(content(members(joined.frame, KIND))) == Counter([*content(one), *content(other)])
    assert joined.frame["asset_id"].dropna().is_unique


@settings(max_examples=6)
@given(ROWS, ROWS, ROWS)
def test_a_file_joined_twice_changes_nothing(first: list, second: list, third: list) -> None:
    one, other = listed("甲", first), listed("乙", second)
    current = layer(one, other, listed("丙", third))
    for source, frame in (("乙", other), ("甲", one)):
        once = join(current, frame, kind="heritage", source=source)
        kept = with_ids(once)
        again = join(kept, frame, kind="heritage", source=source)
        assert partition(again.frame) == partition(kept)
        assert [doubt.pair_key for doubt in again.doubts] == [doubt.pair_key for doubt in once.doubts]
        known = other["source_id"].notna().all() and one["source_id"].notna().all()
        assert not known or set(again.frame["asset_id"]) == set(kept["asset_id"])


@settings(max_examples=6)
@given(ROWS, ROWS, st.randoms(use_true_random=False))
def test_the_order_of_records_and_of_lists_does_not_matter(first: list, second: list, random: object) -> None:
    one, other = listed("甲", first), listed("乙", second)
    there = join(layer(one), other, kind="heritage", source="乙")
    back = join(layer(other), one, kind="heritage", source="甲")
    shuffled = [
        frame.iloc[random.sample(range(len(frame)), len(frame))].reset_index(drop=True) for frame in (one, other)
    ]
    mixed = join(layer(shuffled[0]), shuffled[1], kind="heritage", source="乙")
    assert partition(there.frame) == partition(back.frame) == partition(mixed.frame)
    assert Counter(doubt.pair_key for doubt in there.doubts) == Counter(doubt.pair_key for doubt in mixed.doubts)
    assert Counter(content(there.frame)) == Counter(content(back.frame)) == Counter(content(mixed.frame))
