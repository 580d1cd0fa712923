"""What was mended is no new asset: one known by name and address keeps its id wherever it lies, and the other way."""

from __future__ import annotations

import time

import geopandas as gpd
import identity_reference as reference
import numpy as np
import pyarrow as pa
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers import schema
from layers.identity import KEY_SCHEMA, assign_ids, no_keys

KIND = schema.kind("parking")
NONE = no_keys()
Record = tuple[str | None, str | None, str | None, float | None]
FAR = 113.5  # 50 km east of 113.0


def frame(*records: Record, source: str = "ledger") -> gpd.GeoDataFrame:
    """Return records of (source id, name, address, longitude) at latitude 23."""
    places = [None if record[3] is None else shapely.Point(record[3], 23.0) for record in records]
    names = ("source_id", "name", "address")
    data: dict[str, object] = {name: [record[at] for record in records] for at, name in enumerate(names)}
    return schema.conform(gpd.GeoDataFrame(data | {"source": source}, geometry=places, crs="EPSG:4326"), KIND)


def key_table(keys: list[reference.Key]) -> pa.Table:
    """Return keys as columns."""
    rows = [(key.source, key.source_id, key.name_key, *(key.place or (None, None)), key.asset_id) for key in keys]
    columns = zip(*rows, strict=True) if rows else [[] for _ in KEY_SCHEMA]
    return pa.table([pa.array(column, of.type) for column, of in zip(columns, KEY_SCHEMA, strict=True)], KEY_SCHEMA)


def test_a_mended_coordinate_keeps_the_asset() -> None:
    first, known = assign_ids("parking", frame((None, "东湖车场", "东湖路 1 号", 113.0)), NONE)
    second, new = assign_ids("parking", frame((None, "东湖车场", "东湖路1号", 113.00322)), known)  # 330 m
    third, _ = assign_ids("parking", frame((None, "东湖车场", "东湖路1号", FAR)), pa.concat_tables([known, new]))
    assert second.tolist() == third.tolist() == first.tolist()
    assert new["lon"].to_pylist() == [113.00322]


def test_without_an_address_or_a_name_a_far_place_is_another_asset() -> None:
    for name, address in (("车场", None), (None, "东湖路1号")):
        first, known = assign_ids("parking", frame((None, name, address, 113.0)), NONE)
        second, _ = assign_ids("parking", frame((None, name, address, FAR)), known)
        assert first[0] != second[0]


def test_two_of_one_name_and_address_in_either_file_are_told_apart_by_place_only() -> None:
    one, two = (None, "车场", "东湖路", 113.0), (None, "车场", "东湖路", 113.2)
    moved = (None, "车场", "东湖路", FAR)
    first, known = assign_ids("parking", frame(one, two), NONE)
    assert assign_ids("parking", frame(moved), known)[0][0] not in set(first)
    only, known = assign_ids("parking", frame(one), NONE)
    assert not set(assign_ids("parking", frame(two, moved), known)[0]) & set(only)


def test_another_source_and_another_id_are_no_mended_coordinate() -> None:
    first, known = assign_ids("parking", frame(("7", "车场", "东湖路", 113.0)), NONE)
    elsewhere, _ = assign_ids("parking", frame(("7", "车场", "东湖路", FAR), source="survey"), known)
    other_id, _ = assign_ids("parking", frame(("8", "车场", "东湖路", FAR)), known)
    lost_id, _ = assign_ids("parking", frame((None, "车场", "东湖路", FAR)), known)
    assert elsewhere[0] != first[0]
    assert other_id[0] != first[0]
    assert lost_id[0] == first[0]


def test_who_lies_near_comes_before_who_moved() -> None:
    first, known = assign_ids("parking", frame((None, "车场", "东湖路", 113.0)), NONE)
    both = gpd.pd.concat(
        [frame((None, "车场", "东湖路", FAR)), frame((None, "车场", "东湖路", 113.0), source="survey")]
    )
    ids, _ = assign_ids("parking", both.reset_index(drop=True), known)
    assert ids[1] == first[0]
    assert ids[0] != first[0]


def test_a_name_that_is_read_from_another_column_keeps_the_assets() -> None:
    nameless = frame((None, None, None, 113.0), (None, None, None, 113.2))
    first, known = assign_ids("parking", nameless, NONE)
    named, new = assign_ids("parking", frame((None, "甲", "一路", 113.0), (None, "乙", None, 113.2)), known)
    known = pa.concat_tables([known, new])
    renamed, _ = assign_ids("parking", frame((None, "乙场", None, 113.2), (None, "甲场", "一路", 113.0)), known)
    assert named.tolist() == first.tolist()
    assert renamed.tolist() == first.tolist()[::-1]


def test_at_a_place_of_several_and_of_another_source_a_new_name_is_a_new_asset() -> None:
    first, known = assign_ids("parking", frame((None, "甲", None, 113.0)), NONE)
    two, _ = assign_ids("parking", frame((None, "乙", None, 113.0), (None, "丙", None, 113.0)), known)
    other, _ = assign_ids("parking", frame((None, "乙", None, 113.0), source="survey"), known)
    beside, _ = assign_ids("parking", frame((None, "乙", None, 113.0), (None, "甲", None, 113.0)), known)
    assert not {*two, *other} & {*first}
    assert beside[1] == first[0]
    assert beside[0] != first[0]


LIST = [("1", "甲苑", "甲路1号", 113.0), ("2", "乙苑", "乙路1号", 113.1), ("3", "丙苑", "丙路1号", 113.2)]
NEW = ("丁苑", "丁路1号", 113.3)


def numbered(*records: tuple[object, ...]) -> gpd.GeoDataFrame:
    """Return a list whose records are numbered from 1 in its order."""
    return frame(*((str(number), *record[-3:]) for number, record in enumerate(records, 1)))  # type: ignore[arg-type]


def test_a_line_put_on_top_of_a_numbered_list_moves_no_id_to_its_neighbour() -> None:
    first, known = assign_ids("parking", frame(*LIST), NONE)
    second, new = assign_ids("parking", numbered(NEW, *LIST), known)
    assert second.tolist()[1:] == first.tolist()
    assert second[0] not in first.tolist()
    known = pa.concat_tables([known, new])
    again, news = assign_ids("parking", numbered(NEW, *LIST), known)
    assert again.tolist() == second.tolist()
    assert len(news) == 0
    moved = [*LIST[:1], ("", *LIST[1][1:3], 113.15), LIST[2]]  # a mended coordinate after the numbers were dealt anew
    third, _ = assign_ids("parking", numbered(NEW, *moved), known)
    assert third.tolist() == second.tolist()


def test_a_number_that_was_dealt_anew_leads_to_whom_it_names_now() -> None:
    first, known = assign_ids("parking", frame(*LIST), NONE)
    second, new = assign_ids("parking", numbered(*LIST[1:]), known)
    renamed = [("1", "乙苑停车场", *LIST[1][2:]), ("2", *LIST[2][1:])]
    third, _ = assign_ids("parking", frame(*renamed), pa.concat_tables([known, new]))
    assert third.tolist() == second.tolist() == first.tolist()[1:]


def test_a_list_that_was_sorted_anew_or_lost_a_line_keeps_its_ids() -> None:
    first, known = assign_ids("parking", frame(*LIST), NONE)
    assert assign_ids("parking", numbered(LIST[2], LIST[0], LIST[1]), known)[0].tolist() == first[[2, 0, 1]].tolist()
    assert assign_ids("parking", numbered(LIST[1], LIST[2]), known)[0].tolist() == first[[1, 2]].tolist()


def test_a_number_names_its_asset_where_name_or_place_still_agree_or_are_nobody_elses() -> None:
    first, known = assign_ids("parking", frame(*LIST), NONE)
    swapped_names = [("1", "乙苑", "乙路1号", 113.0), ("2", "甲苑", "甲路1号", 113.1), LIST[2]]
    renamed_and_moved = [("1", "戊苑", "戊路1号", 113.7), *LIST[1:]]
    for month in (swapped_names, renamed_and_moved):
        assert assign_ids("parking", frame(*month), known)[0].tolist() == first.tolist()


def test_two_that_say_the_same_are_told_apart_by_their_numbers() -> None:
    twins = [("1", "甲苑", "甲路1号", 113.0), ("2", "乙苑", "乙路1号", 113.1), ("3", "乙苑", "乙路1号", 113.1)]
    first, known = assign_ids("parking", frame(*twins), NONE)
    later = [("1", "乙苑", "乙路1号", 113.1), *twins[1:]]
    assert assign_ids("parking", frame(*later), known)[0].tolist() == first.tolist()


def test_without_a_place_the_house_number_keeps_an_asset_whose_name_is_written_otherwise() -> None:
    month = [(None, "幸福里", "幸福路1号", None), (None, "光明", "光明路", None)]
    first, known = assign_ids("parking", frame(*month), NONE)
    later = [(None, "幸福里小区", "幸福路1号", None), (None, "光明大院", "光明路", None)]
    second, _ = assign_ids("parking", frame(*later), known)
    assert second[0] == first[0]
    assert second[1] not in first.tolist()  # a street is no door
    closed, _ = assign_ids("parking", frame((None, "药店", "幸福路1号", None)), known)
    assert closed[0] not in first.tolist()
    two = [(None, "幸福里一期", "幸福路1号", None), (None, "幸福里二期", "幸福路1号", None)]
    assert not {*assign_ids("parking", frame(*two), known)[0]} & {*first}


RECORD = st.tuples(
    st.sampled_from([None, None, "1", "2"]),
    st.sampled_from([None, "甲", "乙"]),
    st.sampled_from([None, "一路1号", "二路"]),
    st.sampled_from([None, 113.0, 113.0005, 113.2, FAR]),
)
MONTH = st.tuples(st.sampled_from(["ledger", "survey"]), st.lists(RECORD, max_size=6))


@settings(max_examples=120)
@given(st.lists(MONTH, min_size=1, max_size=4))
@example(
    [
        ("ledger", [(None, "甲", "一路1号", 113.0)]),
        ("ledger", [(None, "甲", "一路1号", FAR), ("1", "乙", "二路", None)]),
    ]
)
def test_agrees_with_the_reference_month_after_month(months: list[tuple[str, list[Record]]]) -> None:
    known: list[reference.Key] = []
    for source, records in months:
        month = frame(*records, source=source)
        wanted, news = reference.assign("parking", month, known)
        ids, new = assign_ids("parking", month, key_table(known))
        assert ids.tolist() == wanted
        assert ids.is_unique
        assert new.equals(key_table(news))
        known += news


def test_a_hundred_thousand_that_moved_are_recognised_in_seconds() -> None:
    count = 100_000
    numbers = np.arange(count).astype(str)
    data = {"name": "车场" + numbers.astype(object), "address": "路" + numbers.astype(object), "source": "ledger"}
    before = gpd.GeoDataFrame(data, geometry=shapely.points(113 + np.arange(count) / 1e6, 23.0), crs="EPSG:4326")
    after = before.set_geometry(shapely.points(113 + np.arange(count) / 1e6, 23.01), crs="EPSG:4326")
    first, known = assign_ids("parking", schema.conform(before, KIND), NONE)
    started = time.perf_counter()
    second, _ = assign_ids("parking", schema.conform(after, KIND), known)
    assert second.tolist() == first.tolist()
    assert time.perf_counter() - started < 5
