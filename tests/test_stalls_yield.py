"""What the layouts of a city yield: stalls and racks with their bands, what is said of them, and their layer."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from land_cases import COLLECTIVE, NOBODY, offered
from need_city import MODEL, city
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from stall_plots import RULES, check, counted, east_of, rules

from gis import _stall_city, capacity, idle_land
from gis.stalls import StallRules, layout

OPEN = rules()
LOT = box(0, 0, 60, 17)


def land(**plots):
    return city(idle_land=[{"at": shape} for shape in plots.values()])


def test_capacity_takes_the_layout_and_its_band():
    area_m2 = pd.Series({"a": 1020.0, "b": 1000.0, "c": np.nan})
    stalls = capacity.surface_stalls(area_m2, MODEL, {"a": layout(LOT, OPEN, streets=east_of(LOT))})
    # 48 laid; 1,020 / 69.7 = 14.6 as on the poorest lot seen; 2.4 m stalls instead of 2.5 m: 48 x 2.5 / 2.4 = 50.
    assert stalls.loc["a"].tolist() == [48, 14, 50]
    assert stalls.loc["b", "stalls"] == math.floor(1000 * 0.85 / 27.5)  # no layout: by area
    assert stalls.loc["c"].isna().all()


def test_racks_keep_one_place_free_on_each_level_but_the_top():
    # Two rows of 24 columns on two levels: 2 x (24 x 2 - 1) = 94; on three levels 2 x (24 x 3 - 2) = 140.
    area_m2 = pd.Series({"a": 1020.0})
    stalls = capacity.mechanical_stalls(area_m2, MODEL, {"a": layout(LOT, OPEN, streets=east_of(LOT))})
    assert stalls.loc["a", "stalls"] == 94
    assert stalls.loc["a", "stalls_high"] == math.floor(140 * 2.5 / 2.4)
    assert stalls.loc["a", "stalls_low"] <= 94


def test_racks_stand_at_90_degrees_or_not_at_all():
    # 11.3 m less 0.3 m on both sides hold a row that leans, but none of 5.3 + 5.5 m along the strip. What is left are
    # short rows across it: of n columns each holds 2 n - 1 cars.
    plot = box(0, 0, 60, 11.3)
    town, area_m2 = land(one=plot), pd.Series({"idle_land-0": plot.area})
    laid = _stall_city.plans_of(town, MODEL, town.placed("idle_land"))
    surface, racks = laid.surface["idle_land-0"], laid.racks["idle_land-0"]
    assert (surface.module, surface.runs) == ("60", ())
    assert racks.modules == ("90",)
    assert max(racks.runs) <= math.floor(10.7 / 2.5)
    stalls = capacity.mechanical_stalls(area_m2, MODEL, laid.racks)["stalls"].iloc[0]
    assert stalls == sum(2 * run - 1 for run in racks.runs if run > 1) < 2 * racks.count
    # A layout without a row at 90 degrees holds no rack, whatever its area would give.
    assert capacity.mechanical_stalls(area_m2, MODEL, laid.surface).iloc[0].tolist() == [0, 0, 0]


def test_a_plot_is_laid_once_however_often_it_is_asked_for(monkeypatch):
    town, laid, model = land(one=LOT, two=box(0, 100, 60, 117)), [], replace(MODEL)
    monkeypatch.setattr(
        _stall_city, "layout", lambda place, *_, **sizes: laid.append(place) or layout(place, *_, **sizes)
    )
    first = _stall_city.layouts(town, MODEL, town.placed("idle_land").loc[["idle_land-0"]])
    again = _stall_city.layouts(town, model, town.placed("idle_land"))
    assert again["idle_land-0"] is first["idle_land-0"]
    assert len(laid) == 2
    # Other sizes or another way to stand are other layouts.
    assert _stall_city.layouts(town, MODEL, town.placed("idle_land"), modules=("parallel",))["idle_land-0"].count
    assert len(laid) == 4


def test_rows_of_parts_that_lean_are_no_rows_for_racks():
    parts = counted(MultiPolygon([LOT, box(0, 30, 60, 40.5)]), modules=("90", "60"), streets=east_of(box(0, 0, 60, 40)))
    assert sorted(parts.modules) == ["60", "90"]
    assert sorted(parts.runs) == [24, 24]
    assert parts.count == 48 + 19


def test_a_plot_too_narrow_for_racks_with_its_setback_has_no_racks():
    offers = {
        width: set(offered({**COLLECTIVE, "at": box(50, 10, 110, 10 + width)}).table["action"]) for width in (11.3, 17)
    }
    assert "mechanical_parking" not in offers[11.3]
    assert "mechanical_parking" in offers[17]


def test_an_entrance_on_no_street_is_told_of_every_option_it_serves():
    # The neck of 5 m is frontage enough (4 m), but no entrance of 6 m fits into it.
    thin = Polygon([(0, 0), (60, 0), (60, 40), (0, 40), (0, 5), (-20, 5), (-20, 0)])
    for plot, is_said in ((thin, True), (box(-20, 0, 60, 40), False)):
        street = LineString([(-25, -5), (-25, 20)])
        town = city([street], idle_land=[{**COLLECTIVE, "at": plot}])
        table = idle_land.options(town, NOBODY, MODEL).table.set_index("action")
        told = table["warnings"].str.contains("出入口不临街，须核实")
        assert told[["surface_parking", "mechanical_parking", "charging"]].eq(is_said).all()
        assert not told["market"]


def test_a_level_of_a_structure_holds_by_area():
    assert capacity.structure_stalls(pd.Series([3000.0]), MODEL)["stalls"].to_list() == [72]  # 3,000 x 0.85 / 35


def test_racks_are_told_beside_what_a_level_of_a_structure_would_hold():
    rows = pd.DataFrame({"action": ["mechanical_parking", "surface_parking", "mechanical_parking"], "stalls": 10.0})
    cases = capacity.yield_notes(rows.assign(area_m2=[3000.0, 3000.0, 40.0]), MODEL)
    told = [(where.tolist(), note) for where, note in cases if "停车楼" in note.zh]
    # 3,000 m2 x 0.85 / 35 m2; 3,000 x 0.4 / 40 to 3,000 / 30. A plot of 40 m2 holds none a level.
    ((where, note),) = told
    assert where == [True, False, False]
    assert note.zh.startswith("如建停车楼，每层约72个泊位（")
    assert "30-40 m2" in note.zh
    assert "地块可用85%（40%–100%，为假定）" in note.zh
    assert "85% of the plot usable (40%-100%, an assumption)" in note.en
    assert "层数由规划定" in note.zh
    assert "about 72 stalls a level" in note.en


def test_a_yield_that_no_lot_was_seen_with_is_told():
    # 20, 27.8, 33 and 100 m2 a stall; the standard asks for 25 to 30, lots were seen with 25 to 69.7.
    rows = pd.DataFrame({"action": "surface_parking", "area_m2": 1000.0, "stalls": [50, 36, 30, 10, 0]})
    below, above, dense, sparse = (where.tolist() for where, _ in capacity.yield_notes(rows, MODEL))
    assert below == dense == [True, False, False, False, False]
    assert above == [False, False, True, True, False]
    assert sparse == [False, False, False, True, False]
    said = [note.zh for _, note in capacity.yield_notes(rows, MODEL)][:2]
    assert said == [f"每泊位用地{how}25-30 m2（GB/T 51149-2016 5.1.4）" for how in ("低于", "高于")]
    assert not any(where.any() for where, _ in capacity.yield_notes(rows.assign(action="charging"), MODEL))


def test_a_city_gives_obstacles_and_streets():
    plots, house = [{"at": box(0, 0, 60, 40)}, {"at": (500, 500)}], {"at": box(20, 10, 30, 20)}
    town = city([LineString([(-20, -8), (80, -8)])], idle_land=plots, building=[house])
    found = _stall_city.layouts(town, MODEL, town.placed("idle_land"))
    assert list(found) == ["idle_land-0"]
    laid = found["idle_land-0"]
    check(laid, box(0, 0, 60, 40), RULES, box(20, 10, 30, 20))
    assert laid.entrances[0].bounds[1] == pytest.approx(0, abs=0.01)


def test_the_layer_shows_ranked_parking_only_and_may_be_empty():
    town = land(one=LOT, two=box(100, 0, 160, 17))
    options = pd.DataFrame(
        {
            "opportunity_id": ["idle_land-0:surface_parking", "idle_land-1:surface_parking", "idle_land-1:market"],
            "asset_kind": "idle_land",
            "asset_id": ["idle_land-0", "idle_land-1", "idle_land-1"],
            "action": ["surface_parking", "surface_parking", "market"],
            "subdistrict_code": "S1",
            "rank": pd.array([1, None, 2], dtype="Int64"),
            "is_sample": False,
        }
    )
    layer = _stall_city.stall_layer(options, town, MODEL)
    laid = layout(LOT, StallRules.of(MODEL.value))
    assert set(layer["asset_id"]) == {"idle_land-0"}
    assert layer["part"].value_counts().to_dict() == {"stall": laid.count, "aisle": 1, "entrance": 1}
    assert layer["stall_layout_id"].is_unique
    assert layer.crs == town.crs
    assert _stall_city.stall_layer(options.iloc[:0], town, MODEL).empty
