"""Permanent ids: from month to month, with and without a ledger's own ids."""

from __future__ import annotations

import geopandas as gpd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers import schema
from layers.identity import AssetKey, assign_ids, name_key

KIND = schema.kind("parking")


def frame(*records: tuple[str | None, str | None, float | None]) -> gpd.GeoDataFrame:
    """Return records of (source id, name, longitude) at latitude 23."""
    places = [None if x is None else shapely.Point(x, 23.0) for _, _, x in records]
    data = {"source_id": [r[0] for r in records], "name": [r[1] for r in records], "source": "ledger"}
    return schema.conform(gpd.GeoDataFrame(data, geometry=places, crs="EPSG:4326"), KIND)


def test_own_id_decides_whatever_the_name_and_place() -> None:
    first, known = assign_ids("parking", frame(("7", "旧名", 113.0)), [])
    second, new = assign_ids("parking", frame(("7", "新名", 113.5)), known)
    assert first.tolist() == second.tolist()
    assert new == []


def test_name_within_the_tolerance_is_the_same_asset_and_beyond_it_is_not() -> None:
    first, known = assign_ids("parking", frame((None, "示例停车场", 113.0)), [])
    moved_100_m, _ = assign_ids("parking", frame((None, "示例 停车场", 113.0 + 100 / 102_470)), known)
    moved_300_m, _ = assign_ids("parking", frame((None, "示例停车场", 113.0 + 300 / 102_470)), known)
    assert moved_100_m.tolist() == first.tolist()
    assert moved_300_m.tolist() != first.tolist()


def test_a_record_that_loses_its_id_is_known_by_name_and_place() -> None:
    first, known = assign_ids("parking", frame(("7", "示例停车场", 113.0)), [])
    later, _ = assign_ids("parking", frame((None, "示例停车场", 113.0)), known)
    assert later.tolist() == first.tolist()


def test_two_ids_of_one_source_are_two_assets_even_with_one_name_and_place() -> None:
    ids, _ = assign_ids("parking", frame(("7", "示例停车场", 113.0), ("8", "示例停车场", 113.0)), [])
    assert ids.is_unique


def test_nameless_records_in_one_place_stay_apart() -> None:
    ids, known = assign_ids("parking", frame((None, None, 113.0), (None, None, 113.0)), [])
    again, _ = assign_ids("parking", frame((None, None, 113.0), (None, None, 113.0)), known)
    assert ids.is_unique
    assert again.is_unique


def test_name_key_forgets_width_case_space_and_punctuation() -> None:
    assert name_key("Ａ座 停车场（一期）", "") == name_key("a座停车场(一期)", "")
    assert name_key("一期", "") != name_key("二期", "")


RECORD = st.tuples(
    st.one_of(st.none(), st.sampled_from("123")),
    st.one_of(st.none(), st.sampled_from(["甲", "乙"])),
    st.one_of(st.none(), st.sampled_from([113.0, 113.0005, 113.2])),
)


@given(st.lists(RECORD, max_size=8), st.randoms(use_true_random=False))
def test_ids_are_unique_never_null_and_the_same_month_after_month(records: list, random: object) -> None:
    first, known = assign_ids("parking", frame(*records), [])
    assert first.is_unique
    assert first.notna().all()
    second, _ = assign_ids("parking", frame(*records), known)
    assert second.is_unique
    named = [index for index, record in enumerate(records) if record[0] is not None]
    unique_ids = len({records[index][0] for index in named}) == len(named)
    if unique_ids:
        assert second.iloc[named].tolist() == first.iloc[named].tolist()


def test_a_known_key_keeps_its_asset_when_another_source_names_it_alike() -> None:
    known = [AssetKey("survey", "S1", name_key("示例停车场", ""), (113.0, 23.0), "parking-old")]
    ids, new = assign_ids("parking", frame(("L9", "示例停车场", 113.0)), known)
    assert ids.tolist() == ["parking-old"]
    assert [(key.source, key.source_id) for key in new] == [("ledger", "L9")]
