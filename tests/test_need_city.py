"""The city and the whole table of need: any layer may be missing, empty or without places."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from need_city import AS_OF, CRS, FIVE, MODEL, city, layer
from shapely.affinity import translate
from shapely.geometry import LineString, Point, box

from gis.city import City
from gis.need import assemble
from layers.errors import AnalysisError, UsageError
from layers.schema import empty, input_kinds, kind

ROWS = {
    "subdistrict": [{"subdistrict_code": "S1", "population": 3000, "household_count": 1000, "at": box(0, 0, 900, 900)}],
    "community": [
        {
            "name": "甲",
            "subdistrict_code": "S1",
            "built_year": 1990,
            "is_self_built": False,
            "in_rebuild_plan": False,
            "household_count": 300,
            "vehicle_count": 200,
            "stall_count": 50,
            "charger_count": 1,
            "ebike_count": 100,
            "ebike_port_count": 3,
            "elderly_share": 0.3,
            "willingness_share": 0.8,
            "condition_grade": "B",
            "missing_items": "化粪池堵塞、三线乱",
            "existing_items": "路灯",
            "lifts_to_add_count": 2,
            "at": box(10, 10, 60, 60),
        },
        {"name": "乙", "household_count": 0, "at": (200, 80)},
        {"name": "丙"},
    ],
    "parking": [
        {
            "parking_type": "public",
            "access": "public",
            "is_open_at_night": True,
            "stall_count": 40,
            "at": (100, 40),
        }
    ],
    "parking_survey": [{"community_name": "乙", "parked_count": 9, "ebike_count": 4, "marked_stall_count": 2}],
    "charging": [{"charger_type": "car", "access": "public", "status": "operating", "pile_count": 4, "at": (150, 80)}],
    "service": [{"service_type": "clinic", "at": (100, 0)}],
    "report": [{"event_item": "停车管理", "at": (0, 0)}],
    "street": [{"at": line} for line in FIVE],
}
CODES = {
    "household_count": "community.household_count",
    "people": "community.household_count",
    "is_old": "community.built_year",
    "vehicles": "community.household_count",
    "stalls_on_site": "community.household_count",
    "stalls_nearby": ("parking", "parking.geometry", "community.geometry"),
    "night_gap_stalls": "community.household_count",
    "chargers_nearby": ("charging", "charging.geometry", "community.geometry"),
    "charger_gap_piles": "community.household_count",
    "ebike_gap_ports": "community.ebike_count",
    "elderly_share": "community.elderly_share",
    "willingness_share": "community.willingness_share",
    "condition_grade": "community.condition_grade",
    **{
        f"missing_{tier}{end}": "community.missing_items"
        for tier in ("basic", "improve", "upgrade")
        for end in ("", "_items", "_items_en")
    },
    **{f"cost_{tier}_cny": "community.household_count" for tier in ("basic", "improve", "upgrade")},
    "services_missing_count": ("service", "service.geometry", "community.geometry"),
    **dict.fromkeys(
        ("services_missing", "services_missing_names", "services_missing_names_en"),
        ("service", "service.geometry", "community.geometry"),
    ),
    "report_count": ("report", "community.geometry"),
    "parking_report_count": ("report", "community.geometry"),
}
ONLY_WHERE_COUNTED = {f"cost_lifts_cny{end}" for end in ("", "_low", "_high")}
ONLY_WITH_REPORTS_OR_A_GAP = {
    *(f"parking_conflict{end}" for end in ("", "_low", "_high", "_note", "_note_en", "_order")),
}
AFTER_RANKING = {"data_to_collect", "data_to_collect_en"}
NOT_COMPUTED = {"name", "subdistrict_code", "is_sample", "geometry"} | ONLY_WHERE_COUNTED | AFTER_RANKING
NOT_COMPUTED |= ONLY_WITH_REPORTS_OR_A_GAP


def built(layers):
    return City.build({name: layer(name, *rows) for name, rows in layers.items()}, as_of=AS_OF, detour_factor=1.3)


def assert_every_null_is_declared(need):
    for column in set(need.columns) - NOT_COMPUTED:
        codes = CODES.get(column.removesuffix("_low").removesuffix("_high"), ())
        allowed = {codes} if isinstance(codes, str) else set(codes)
        for asset, value in need[column].items():
            if pd.isna(value):
                assert allowed & set(need.loc[asset, "missing"].split(",")), (asset, column)


def test_the_whole_table_has_the_columns_of_its_kind_and_no_undeclared_null():
    need, notes = assemble(built(ROWS), MODEL)
    assert tuple(need.columns) == (*kind("need").columns, "geometry")
    assert need.index.tolist() == ["community-0", "community-1", "community-2"]
    assert_every_null_is_declared(need)
    assert need.loc["community-0", "missing"] == "service.service_type", "types of which no record is held"
    assert need.loc["community-0", "people"] == 900
    assert all(note.zh and note.en for note in notes)


@pytest.mark.parametrize("absent", [*ROWS, "all"])
@pytest.mark.parametrize("how", ["missing", "empty", "unlocated"])
def test_any_layer_may_be_missing_empty_or_without_places(absent, how):
    gone = list(ROWS) if absent == "all" else [absent]
    layers = {name: layer(name, *rows) for name, rows in ROWS.items()}
    for name in gone:
        if how == "missing":
            del layers[name]
        elif how == "empty":
            layers[name] = empty(kind(name))
        else:
            layers[name] = layers[name].set_geometry(gpd.GeoSeries([None] * len(ROWS[name]), crs="EPSG:4326"))
    here = City.build(layers, as_of=AS_OF, detour_factor=1.3)
    need, _ = assemble(here, MODEL)
    assert len(need) == (0 if "community" in gone and how != "unlocated" else 3)
    assert_every_null_is_declared(need)
    text = " ".join(note.en for note in here.notes)
    for name in gone:
        if name != "street":
            assert kind(name).en.lower() in text.lower()
        assert (name in here.missing) == (how != "unlocated")
    for low, value, high in (("night_gap_stalls_low", "night_gap_stalls", "night_gap_stalls_high"),):
        assert (need[low].fillna(0) <= need[value].fillna(0)).all()
        assert (need[value].fillna(0) <= need[high].fillna(0)).all()


def test_a_network_in_pieces_says_so():
    pieces = {**ROWS, "street": [{"at": line} for line in (*FIVE, translate(FIVE[0], yoff=5000))]}
    here = built(pieces)
    assert any("in 2 pieces" in note.en for note in here.reach.notes)
    assert_every_null_is_declared(assemble(here, MODEL)[0])


def test_places_far_from_any_street_are_counted_by_layer():
    here = city(FIVE, community=[{"at": (100, 10)}, {"at": (100, 2000)}], parking=[{"at": (100, 2000)}])
    text = [note.en for note in here.reach.notes]
    assert any(words.startswith("Community: 1 are more than 300 m from any street") for words in text)
    assert any(words.startswith("Parking: 1 are more than 300 m") for words in text)


def test_moving_the_whole_city_changes_nothing():
    moved = {
        name: [{**row, "at": translate(shape(row["at"]), 5e5, 2.5e6)} if "at" in row else row for row in rows]
        for name, rows in ROWS.items()
    }
    here, there = assemble(built(ROWS), MODEL)[0], assemble(built(moved), MODEL)[0]
    for column in here.select_dtypes("number").columns:
        assert np.allclose(here[column].astype(float), there[column].astype(float), atol=1e-5, equal_nan=True), column
    assert here["services_missing"].equals(there["services_missing"])


def shape(at):
    return Point(at) if isinstance(at, tuple) else at


def test_the_order_of_records_changes_nothing():
    turned = {
        name: [{"asset_id": f"{name}-{i}", **row} for i, row in enumerate(rows)][::-1] for name, rows in ROWS.items()
    }
    assert assemble(built(ROWS), MODEL)[0].equals(assemble(built(turned), MODEL)[0])


def test_what_is_kept_for_a_city_is_found_once_and_nobody_writes_to_it():
    town, turns = city(community=ROWS["community"]), []
    placed = town.placed("community")
    placed["name"], placed.index = "another", placed.index + "x"
    assert town.placed("community")["name"].tolist() == ["甲", "乙"]
    assert town.placed("community").index.tolist() == ["community-0", "community-1"]
    one, other = object(), object()
    for given in (one, one, other, other):
        town.once("what", lambda given=given: turns.append(given), given)
    assert turns == [one, other], "found anew for another model, and not for the same"
    assert not replace(town, notes=())._kept, "another city keeps nothing of this one"


def test_frames_are_indexed_by_id_and_conform():
    here = built(ROWS)
    for name in input_kinds():
        assert tuple(here[name].columns) == (*kind(name).columns, "geometry")
        assert here[name].crs == here.crs
    assert here["community"].index.tolist() == here["community"]["asset_id"].tolist()
    assert here.placed("community").index.tolist() == ["community-0", "community-1"]
    assert here.missing == tuple(name for name in input_kinds() if name not in ROWS)


def frame(crs=CRS, ids=("a",)):
    return gpd.GeoDataFrame({"asset_id": list(ids)}, geometry=[Point(0, 0)] * len(ids), crs=crs)


@pytest.mark.parametrize(
    ("layers", "error", "words"),
    [
        ({"communty": frame()}, UsageError, "no layer kind 'communty'"),
        ({"need": frame()}, AnalysisError, "result of an analysis.*leave it out"),
        ({"community": frame("EPSG:4326")}, AnalysisError, "not in a projected CRS .*layer community"),
        ({"community": frame("EPSG:2272")}, AnalysisError, "not in metres"),
        ({"community": frame(), "parking": frame("EPSG:4526")}, AnalysisError, "another CRS than community"),
        ({"community": frame(ids=("a", "a"))}, AnalysisError, "asset_id a is used more than once .*record 2"),
        ({"community": frame(ids=("a", None))}, AnalysisError, "1 records have no asset_id .*record 2"),
    ],
)
def test_what_is_wrong_with_the_layers_is_told_in_one_line(layers, error, words):
    with pytest.raises(error, match=words) as raised:
        City.build(layers, as_of=date(2026, 7, 1), detour_factor=1.3)
    assert "\n" not in str(raised.value)
    assert raised.value.hint
    assert raised.value.line_zh.endswith(f"；{raised.value.hint_zh}")


def test_streets_may_be_the_only_layer():
    need, notes = assemble(city([LineString([(0, 0), (9, 0)])]), MODEL)
    assert need.empty
    assert tuple(need.columns) == (*kind("need").columns, "geometry")
    assert notes == ()
