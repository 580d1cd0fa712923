"""Permanent ids: from month to month, with and without a ledger's own ids, one record or a million."""

from __future__ import annotations

import time
from typing import Any

import geopandas as gpd
import identity_reference as reference
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers import _identity_claims as claims
from layers import schema
from layers.identity import (
    KEY_SCHEMA,
    assign_ids,
    derived_ids,
    merged,
    name_keys,
    no_keys,
    read_keys,
    record_keys,
    write_keys,
)

KIND = schema.kind("parking")
NONE = no_keys()
Record = tuple[str | None, str | None, float | None]


def frame(*records: Record, source: str = "ledger") -> gpd.GeoDataFrame:
    """Return records of (source id, name, longitude) at latitude 23."""
    places = [None if x is None else shapely.Point(x, 23.0) for _, _, x in records]
    data = {"source_id": [r[0] for r in records], "name": [r[1] for r in records], "source": source}
    return schema.conform(gpd.GeoDataFrame(data, geometry=places, crs="EPSG:4326"), KIND)


def key_table(keys: list[reference.Key]) -> pa.Table:
    """Return keys as columns."""
    rows = [(key.source, key.source_id, key.name_key, *(key.place or (None, None)), key.asset_id) for key in keys]
    columns = zip(*rows, strict=True) if rows else [[] for _ in KEY_SCHEMA]
    return pa.table([pa.array(column, of.type) for column, of in zip(columns, KEY_SCHEMA, strict=True)], KEY_SCHEMA)


def key(name: str, address: str = "") -> str:
    """Return one name key."""
    return name_keys(schema.pd.Series([name]), schema.pd.Series([address]))[0]


def test_own_id_decides_whatever_the_name_and_place() -> None:
    first, known = assign_ids("parking", frame(("7", "旧名", 113.0)), NONE)
    second, new = assign_ids("parking", frame(("7", "新名", 113.5)), known)
    assert first.tolist() == second.tolist()
    assert len(new) == 0


def test_name_within_the_tolerance_is_the_same_asset_and_beyond_it_is_not() -> None:
    first, known = assign_ids("parking", frame((None, "示例停车场", 113.0)), NONE)
    moved_100_m, _ = assign_ids("parking", frame((None, "示例 停车场", 113.0 + 100 / 102_470)), known)
    moved_300_m, _ = assign_ids("parking", frame((None, "示例停车场", 113.0 + 300 / 102_470)), known)
    assert moved_100_m.tolist() == first.tolist()
    assert moved_300_m.tolist() != first.tolist()


def test_a_record_that_loses_its_id_is_known_by_name_and_place() -> None:
    first, known = assign_ids("parking", frame(("7", "示例停车场", 113.0)), NONE)
    later, _ = assign_ids("parking", frame((None, "示例停车场", 113.0)), known)
    assert later.tolist() == first.tolist()


def test_two_ids_of_one_source_are_two_assets_even_with_one_name_and_place() -> None:
    ids, _ = assign_ids("parking", frame(("7", "示例停车场", 113.0), ("8", "示例停车场", 113.0)), NONE)
    assert ids.is_unique


def test_nameless_records_in_one_place_stay_apart_and_keep_their_ids() -> None:
    ids, known = assign_ids("parking", frame((None, None, 113.0), (None, None, 113.0)), NONE)
    again, new = assign_ids("parking", frame((None, None, 113.0), (None, None, 113.0)), known)
    elsewhere, _ = assign_ids("parking", frame((None, None, 113.0001)), known)
    assert ids.is_unique
    assert again.tolist() == ids.tolist()
    assert len(new) == 0
    assert elsewhere[0] not in set(ids)


def test_two_records_with_one_id_keep_theirs_from_month_to_month() -> None:
    twice = frame(("7", "东门", 113.0), ("7", "西门", 113.1))
    ids, known = assign_ids("parking", twice, NONE)
    again, new = assign_ids("parking", twice, known)
    assert ids.is_unique
    assert again.tolist() == ids.tolist()
    assert len(new) == 0


def test_name_key_forgets_width_case_space_and_punctuation() -> None:
    assert key("Ａ座 停车场（一期）") == key("a座停车场(一期)")
    assert key("一期") != key("二期")


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=4)), max_size=6))
@example([("e\n\u0301", "ﷺ"), ("\u0301", "|")])
def test_name_keys_are_those_of_one_text_at_a_time(pairs: list[tuple[str, str]]) -> None:
    whole = [(name.encode("utf-8", "ignore").decode(), at.encode("utf-8", "ignore").decode()) for name, at in pairs]
    names, addresses = ([item[side] for item in whole] for side in (0, 1))
    series = schema.pd.Series
    found = name_keys(series(names, dtype="string"), series(addresses, dtype="string"))
    assert found == [reference.name_key(*item) for item in whole]


@given(st.lists(st.one_of(st.floats(-180, 180), st.integers(-18 * 10**8, 18 * 10**8).map(lambda n: n / 1e7))))
@example([113.1234565, 113.1234575, -0.0000005, 0.5e-6])
def test_places_are_rounded_as_python_rounds(degrees: list[float]) -> None:
    found = record_keys(frame(*((None, "x", value) for value in degrees)))["lon"].to_pylist()
    assert found == [round(value, 6) for value in degrees]


RECORD = st.tuples(
    st.one_of(st.none(), st.sampled_from("123")),
    st.one_of(st.none(), st.sampled_from(["甲", "乙"])),
    st.one_of(st.none(), st.sampled_from([113.0, 113.0005, 113.001, 113.2])),
)
MONTH = st.tuples(st.sampled_from(["ledger", "survey"]), st.lists(RECORD, max_size=9))


@settings(max_examples=80)
@given(st.lists(MONTH, min_size=1, max_size=4), st.sampled_from([0, 1, 64]))
@example([("ledger", [(None, "甲", 113.0)]), ("ledger", [(None, "甲", 113.001)])], 0)
@example(
    [("survey", [("1", "甲", 113.0), ("2", "甲", 113.0)]), ("survey", [(None, "甲", 113.0), ("1", "甲", 113.0)])], 1
)
def test_agrees_with_the_reference_month_after_month(months: list[tuple[str, list[Record]]], crowd: int) -> None:
    known: list[reference.Key] = []
    usual = claims.CROWD
    try:
        claims.CROWD = crowd  # so that searching by place is held to the same answers
        for source, records in months:
            month = frame(*records, source=source)
            wanted, news = reference.assign("parking", month, known)
            ids, new = assign_ids("parking", month, key_table(known))
            assert ids.tolist() == wanted
            assert new.equals(key_table(news))
            known += news
    finally:
        claims.CROWD = usual


@given(st.lists(MONTH, min_size=1, max_size=3))
def test_the_same_file_again_changes_nothing(months: list[tuple[str, list[Record]]]) -> None:
    known = NONE
    for source, records in months:
        month = frame(*(record for record in records if record != (None, None, None)), source=source)
        ids, new = assign_ids("parking", month, known)
        known = pa.concat_tables([known, new])
        again, news = assign_ids("parking", month, known)
        assert ids.is_unique
        assert ids.notna().all()
        assert again.tolist() == ids.tolist()
        assert len(news) == 0


def test_a_known_key_keeps_its_asset_when_another_source_names_it_alike() -> None:
    known = key_table([reference.Key("survey", "S1", key("示例停车场"), (113.0, 23.0), "parking-old")])
    ids, new = assign_ids("parking", frame(("L9", "示例停车场", 113.0)), known)
    assert ids.tolist() == ["parking-old"]
    assert new.select(["source", "source_id"]).to_pylist() == [{"source": "ledger", "source_id": "L9"}]


def test_after_a_merge_every_old_key_leads_to_the_asset_that_goes_on() -> None:
    month = frame(("7", "甲", 113.0), ("8", "乙", 113.2))
    ids, known = assign_ids("parking", month, NONE)
    after = merged(merged(known, {ids[1]: "parking-x"}), {"parking-x": ids[0]})
    assert merged(known, {ids[1]: "parking-x", "parking-x": ids[0]}).equals(after)
    later, _ = assign_ids("parking", frame(("8", "乙", 113.2)), after)
    assert later.tolist() == [ids[0]]
    assert merged(known, {"a": "b", "b": "a"}).equals(known)


def test_ids_that_are_decided_already_are_kept_and_are_nobody_elses() -> None:
    ids, known = assign_ids("parking", frame(("7", "甲", 113.0)), NONE)
    both = frame(("7", "甲", 113.0), (None, "丙", 113.3))
    decided = schema.pd.Series([None, ids[0]], dtype="string")
    found, new = assign_ids("parking", both, known, decided)
    assert found[1] == ids[0]
    assert found[0] != ids[0]
    assert new["asset_id"].to_pylist() == [found[0], ids[0]]


def test_keys_come_back_from_their_files(tmp_path: Any) -> None:
    _, one = assign_ids("parking", frame(("7", "甲", 113.0), (None, None, None)), NONE)
    _, two = assign_ids("parking", frame((None, "乙", 113.2)), one)
    for name, keys in (("one", one), ("two", two)):
        write_keys(keys, tmp_path / name)
    assert read_keys((tmp_path / name).read_bytes() for name in ("one", "two")).equals(pa.concat_tables([one, two]))
    assert read_keys([]).equals(NONE)


def test_ids_of_context_layers_are_those_of_their_source_alone() -> None:
    month = frame(("7", "甲", 113.0), ("8", "乙", 113.2))
    assert derived_ids("parking", month).tolist() == assign_ids("parking", month, NONE)[0].tolist()


@pytest.mark.parametrize("has_ids", [True, False])
def test_two_hundred_thousand_records_take_seconds(has_ids: bool) -> None:
    count, random = 200_000, np.random.default_rng(7)
    data = {"name": [f"示例停车场{at}号" for at in range(count)], "source": "ledger"}
    if has_ids:
        data["source_id"] = [f"P{at}" for at in range(count)]
    places = gpd.points_from_xy(113 + random.random(count), 23 + random.random(count))
    month = schema.conform(gpd.GeoDataFrame(data, geometry=places, crs="EPSG:4326"), KIND)
    started = time.perf_counter()
    ids, known = assign_ids("parking", month, NONE)
    again, new = assign_ids("parking", month, known)
    assert time.perf_counter() - started < 20  # 2 s on an idle machine; the loop it replaces took 30 s
    assert ids.equals(again)
    assert len(new) == 0


def test_a_name_that_a_whole_city_shares_is_searched_by_place() -> None:
    count, random = 4_000, np.random.default_rng(7)
    lon = 113 + random.random(count)
    month = frame(*((None, "停车场", float(value)) for value in lon))
    ids, known = assign_ids("parking", month, NONE)
    started = time.perf_counter()
    again, new = assign_ids("parking", month, known)
    assert time.perf_counter() - started < 10
    assert again.tolist() == ids.tolist()
    assert len(new) == 0
