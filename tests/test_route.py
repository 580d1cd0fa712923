"""Heritage walks: by hand on a straight street, refusals, and four hours in the sample city by the network's clock."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely
from need_city import AS_OF, CRS, MODEL, layer
from scipy import sparse
from scipy.sparse import csgraph
from shapely.geometry import LineString, Point, box

from gis._tour_bound import upper_bound
from gis.network import Reach
from gis.orienteering import Sights, best_tour
from gis.route import Wishes, walk
from layers.errors import AnalysisError, NotFoundError, UsageError
from layers.schema import empty, kind
from layers.workspace import Workspace

STREET = [{"at": LineString([(0, 0), (6000, 0)]), "street_class": "local"}]
SPEED = MODEL.value("route.walking_speed")
TREE = {"heritage_class": "ancient_tree", "position": "exact"}
HALL = {
    "heritage_class": "city_unit",
    "building_type": "hall_school",
    "is_open": True,
    "use_state": "cultural",
    "danger_grade": "A",
    "tenant_household_count": 0,
    "opening_hours": "9:00-17:00（周一闭馆）",
    "position": "exact",
}
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NONE_YET = {"opportunity": empty(kind("opportunity"))}


def city(*sites, streets=STREET, **more):
    return {"heritage": layer("heritage", *sites), "street": layer("street", *streets), **more}


def walked(layers, minutes, results=NONE_YET, rounds=300, **wishes):
    return walk(layers, results, MODEL, Wishes(minutes, **wishes), as_of=AS_OF, seed=1, rounds=rounds)


def stops(found):
    return found.table[found.table["part"] == "stop"].set_index("asset_id")


def seen(found):
    return found.told["stops"]


def trees(*places):
    return city(*({**TREE, "at": (x, 0), "name": f"t{number}"} for number, x in enumerate(places)))


def test_minutes_and_value_by_hand():
    """Two trees 600 m apart: 10 minutes of way at 60 m a minute, 5 of stay at each; a third is too far."""
    found = walked(trees(0, 600, 3000), 30)
    assert SPEED == 60
    whole = found.table.iloc[0]
    assert (whole["stop_count"], whole["walk_m"], found.told["minutes"]) == (2, pytest.approx(600), 20)
    # Level 0.3 x 0.5, no story, activation unknown: 0.5 x 0.3.
    assert found.told["value"] == pytest.approx(2 * (0.15 + 0.15))
    assert found.told["is_proven"]
    assert whole["value_bound"] == whole["value"]
    told = stops(found).sort_values("stop_order")
    assert told["arrive_minutes"].tolist() == [0, 15]
    assert told["leave_clock"].tolist() == ["09:05", "09:20"]


def test_activation_and_story_count_by_the_weights_of_the_model():
    layers = city({**TREE, "at": (0, 0), "story": "老树"})
    best = layer(
        "opportunity", *({"asset_kind": "heritage", "asset_id": "heritage-0", "activation": at} for at in (0.2, 0.8))
    )
    found = walked(layers, 30, {"opportunity": best})
    assert found.told["value"] == pytest.approx(0.5 * 0.3 + 0.2 + 0.3 * 0.8)


def test_the_line_is_as_long_as_the_walk_and_its_legs_are_its_parts():
    found = walked(trees(0, 600, 900), 60)
    whole = found.table.iloc[0]
    assert whole["geometry"].length == pytest.approx(whole["walk_m"]) == 900
    assert [leg.length for leg in whole["geometry"].geoms] in ([600, 300], [300, 600])
    assert set(found.table.geometry.geom_type.iloc[1:]) == {"Point"}


def test_a_round_walk_comes_back_and_stays_once():
    found = walked(trees(0, 600, 900), 60, start="heritage-0", is_round=True)
    table = found.table[found.table["part"] == "stop"]
    assert table["asset_id"].iloc[0] == table["asset_id"].iloc[-1] == "heritage-0"
    assert table["stay_minutes"].tolist()[-1] == 0
    assert table["visit"].iloc[-1] == "point"
    assert found.table["name"].iloc[0] == "1小时文化线路：t0（环线）"
    assert found.table["name_en"].iloc[0] == "1-hour walk: heritage, round from t0"
    assert found.told["minutes"] == pytest.approx(2 * 900 / SPEED + 3 * 5)


def test_a_start_that_is_no_sight_and_an_end_by_a_point():
    stations = layer("service", {"at": (0, 0), "service_type": "metro_station", "name": "示例站"})
    found = walked(city({**TREE, "at": (300, 0)}, service=stations), 60, start="service-0", end=Point(600, 0))
    table = found.table[found.table["part"] == "stop"]
    assert table["name"].tolist()[::2] == ["示例站", "终点"]
    assert table["asset_kind"].tolist()[0] == "service"
    assert table["walk_minutes"].tolist() == [0, 5, 5]
    assert found.told["stop_count"] == 1


def test_what_must_be_seen_is_and_what_is_to_be_avoided_is_not():
    layers = trees(0, 60, 120, 900)
    assert "heritage-3" not in seen(walked(layers, 20))
    assert "heritage-3" in seen(walked(layers, 20, must=("heritage-3",)))
    assert "heritage-1" not in seen(walked(layers, 20, avoid=("heritage-1",)))


def test_only_one_sub_district_but_for_what_must_be_seen():
    layers = city(*({**TREE, "at": (x, 0), "subdistrict_code": code} for x, code in ((0, "1"), (60, "2"), (120, "2"))))
    assert set(seen(walked(layers, 60, subdistrict="2"))) == {"heritage-1", "heritage-2"}
    assert len(seen(walked(layers, 60, subdistrict="2", must=("heritage-0",)))) == 3


@pytest.mark.parametrize(
    ("site", "wishes", "visit"),
    [
        ({}, {"day": TUESDAY}, "inside"),
        ({}, {"day": MONDAY}, "outside"),
        ({}, {}, "inside"),
        ({}, {"depart_minutes": 17 * 60}, "outside"),
        ({}, {"depart_minutes": 16.7 * 60}, "outside"),
        ({"opening_hours": None}, {}, "outside"),
        ({"opening_hours": "预约参观"}, {}, "outside"),
        ({"is_open": False}, {}, "outside"),
        ({"is_open": None}, {}, "outside"),
        ({"tenant_household_count": 3}, {}, "outside"),
        ({"use_state": "residential", "tenant_household_count": None}, {}, "outside"),
        ({"danger_grade": "C"}, {}, "outside"),
        ({"building_type": "garden_monument"}, {}, "open_air"),
        ({"building_type": "garden_monument", "opening_hours": None}, {}, "open_air"),
        ({"building_type": "garden_monument", "is_open": False}, {}, "outside"),
        ({"heritage_class": "historic_block"}, {"day": MONDAY}, "open_air"),
    ],
)
def test_how_a_site_is_seen(site, wishes, visit):
    found = stops(walked(city({**HALL, **site, "at": (0, 0)}), 60, **wishes)).iloc[0]
    assert found["visit"] == visit
    share = MODEL.value("route.outside_share") if visit == "outside" else 1.0
    level = MODEL.levels[site.get("heritage_class", "city_unit")]
    assert found["value"] == pytest.approx(share * (0.5 * level + 0.3 * 0.5))
    if visit == "outside":
        assert found["stay_minutes"] == MODEL.value("route.stay.outside")
        assert found["note"]
        assert found["note_en"]


def test_one_waits_for_the_doors_to_open():
    layers = city({**HALL, "at": (0, 0)}, {**TREE, "at": (600, 0)})
    found = stops(walked(layers, 90, depart_minutes=8 * 60 + 30, start="heritage-1"))
    hall = found.loc["heritage-0"]
    assert (hall["arrive_clock"], hall["wait_minutes"], hall["leave_clock"]) == ("08:45", pytest.approx(15), "09:25")


def test_a_last_entry_and_a_break_at_noon():
    noon = {**HALL, "at": (0, 0), "opening_hours": "9:00-12:00，14:00-17:00，16:00停止入场"}
    at = stops(walked(city(noon), 120, depart_minutes=13 * 60)).iloc[0]
    assert (at["visit"], at["wait_minutes"]) == ("inside", 60)
    assert stops(walked(city(noon), 120, depart_minutes=16 * 60 + 10)).iloc[0]["visit"] == "outside"


def test_red_is_the_official_list_alone():
    sites = (
        {**TREE, "at": (0, 0), "story": "红色革命故事", "culture_theme": "红色文化"},
        {**TREE, "at": (60, 0), "is_red_listed": True},
        {**TREE, "at": (120, 0), "is_red_listed": True, "red_list_document": "示例红名录〔2023〕1号"},
    )
    assert seen(walked(city(*sites), 60, themes=("red",))) == ["heritage-2"]
    with pytest.raises(AnalysisError, match="theme red") as caught:
        walked(city(*sites[:2]), 60, themes=("red",))
    assert "红色资源名录文号" in caught.value.line_zh


def test_themes_by_what_fields_tell():
    sites = (
        {**HALL, "at": (0, 0), "era": "清"},
        {**TREE, "at": (60, 0), "era": "清"},
        {**HALL, "at": (120, 0), "name": "某某故居"},
        {**HALL, "at": (180, 0), "culture_theme": "美食、名人故居"},
    )
    layers = city(*sites)
    assert seen(walked(layers, 90, themes=("lingnan",))) == ["heritage-0"]
    assert set(seen(walked(layers, 90, themes=("residence",)))) == {"heritage-2", "heritage-3"}
    assert seen(walked(layers, 90, themes=("food",))) == ["heritage-3"]
    assert len(seen(walked(layers, 90, themes=("food", "lingnan")))) == 2
    assert "岭南建筑" in walked(layers, 90, themes=("lingnan",)).table["note"].iloc[0]
    with pytest.raises(AnalysisError, match="theme food"):
        walked(city(*sites[:3]), 90, themes=("food",))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"danger_grade": "D"}, "D级"),
        ({"ownership": "military"}, "军队"),
        ({"position": "approximate"}, "近似"),
        ({"at": None}, "待落图"),
    ],
)
def test_nobody_is_led_to_what_is_dangerous_military_or_not_placed(change, word):
    layers = city({**HALL, "at": (0, 0), **change}, {**TREE, "at": (60, 0)})
    found = walked(layers, 60)
    assert seen(found) == ["heritage-1"]
    assert word in "".join(note["zh"] for note in found.told["notes"])
    with pytest.raises(AnalysisError) as caught:
        walked(layers, 60, must=("heritage-0",))
    assert word in caught.value.line_zh
    with pytest.raises(AnalysisError, match="no heritage site"):
        walked(city({**HALL, "at": (0, 0), **change}), 60)


ISLAND = [*STREET, {"at": LineString([(0, 900), (6000, 900)]), "street_class": "local"}]


@pytest.mark.parametrize(
    ("error", "said", "layers", "minutes", "wishes"),
    [
        (UsageError, "0小时", trees(0), 0, {}),
        (UsageError, "小时", trees(0), float("nan"), {}),
        (UsageError, "25小时", trees(0), 1500, {}),
        (UsageError, "没有主题", trees(0), 60, {"themes": ("sea",)}),
        (UsageError, "既要看又要避开", trees(0), 60, {"must": ("heritage-0",), "avoid": ("heritage-0",)}),
        (UsageError, "起点", trees(0), 60, {"is_round": True}),
        (UsageError, "回到起点", trees(0), 60, {"is_round": True, "start": "heritage-0", "end": Point(0, 0)}),
        (UsageError, "出发", trees(0), 60, {"depart_minutes": 1440}),
        (NotFoundError, "heritage-7", trees(0), 60, {"must": ("heritage-7",)}),
        (NotFoundError, "heritage-7", trees(0), 60, {"avoid": ("heritage-7",)}),
        (NotFoundError, "nowhere", trees(0), 60, {"start": "nowhere"}),
        (AnalysisError, "没有可安排", {"street": layer("street", *STREET)}, 60, {}),
        (AnalysisError, "镇街 9", trees(0), 60, {"subdistrict": "9"}),
        (AnalysisError, "走不到", city({**TREE, "at": (0, 0)}, {**TREE, "at": (0, 900)}, streets=ISLAND), 60,
         {"start": "heritage-0", "must": ("heritage-1",)}),
        (AnalysisError, "看完全部必看", city({**TREE, "at": (0, 0)}, {**TREE, "at": (0, 900)}, streets=ISLAND), 60,
         {"must": ("heritage-0", "heritage-1")}),
        (AnalysisError, "单独去看就需55分钟", trees(0, 3000), 54, {"start": Point(0, 0), "must": ("heritage-1",)}),
        (AnalysisError, "看完全部必看", trees(0, 3000), 54, {"must": ("heritage-0", "heritage-1")}),
        (AnalysisError, "走得到", trees(3000), 30, {"start": Point(0, 0)}),
        (AnalysisError, "走得到", trees(0), 4, {}),
        (AnalysisError, "从起点走不到终点", trees(0), 60, {"start": Point(0, 0), "end": Point(6000, 0)}),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said(error, said, layers, minutes, wishes):
    with pytest.raises(error) as caught:
        walked(layers, minutes, **wishes)
    assert said in caught.value.line_zh
    assert caught.value.message


def test_where_there_is_no_street_the_line_is_straight_and_it_is_said():
    found = walked(city({**TREE, "at": (0, 0)}, {**TREE, "at": (300, 400)}, streets=[]), 60)
    whole = found.table.iloc[0]
    assert (whole["walk_m"], whole["geometry"].length, whole["way"]) == (
        pytest.approx(650),
        pytest.approx(500),
        "straight",
    )
    assert "没有街道" in whole["note"]


def test_a_house_within_a_block_takes_no_way():
    block = {"heritage_class": "historic_block", "at": box(0, 5, 200, 150), "position": "exact"}
    found = walked(city(block, {**TREE, "at": (100, 80)}), 60)
    assert found.told["walk_m"] == 0
    assert found.table["geometry"].iloc[0] is None
    assert stops(found)["way"].dropna().tolist() == ["inside"]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("ends", [(None, None), (0, None), (0, 1), (0, 0)])
def test_no_walk_is_worth_more_than_the_bound(seed, ends):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 30, (10, 2))
    travel = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    value, stay = rng.uniform(0, 5, 10), rng.uniform(0, 9, 10)
    travel[8, :8] = travel[:8, 8] = 60.0  # far away and worth most
    travel[9, :9] = travel[:9, 9] = np.inf  # no way leads there
    value[8:] = 40.0, 30.0
    asked = Sights(travel, value, stay, 40.0, start=ends[0], end=ends[1])
    best = best_tour(asked, seed=1, rounds=100)
    assert best.is_proven
    assert upper_bound(asked, best) == best.value
    unproven = type(best)(best.rows, 0.0, best.minutes, is_proven=False)
    assert upper_bound(asked, unproven) >= best.value - 1e-9


@pytest.fixture(scope="module")
def sample(sample_workspace):
    workspace = Workspace.open(sample_workspace)
    names = ("heritage", "street", "water", "service")
    layers = {name: workspace.read(name).to_crs(CRS) for name in names}
    return layers, {"opportunity": workspace.read_result("opportunity").to_crs(CRS)}


@pytest.fixture(scope="module")
def four_hours(sample):
    layers, results = sample
    return walked(layers, 240, results, rounds=2000)


def test_four_hours_in_the_sample_city_pass_eight_sights_by_the_minutes_of_the_network(sample, four_hours):
    layers, _ = sample
    told = stops(four_hours)
    assert len(told) >= 8
    assert told.index.is_unique
    assert four_hours.told["minutes"] <= 240
    sites = layers["heritage"].set_index("asset_id").geometry
    reach = Reach.build(layers["street"], detour_factor=1.3, waters=layers["water"])
    pairs = reach.pairs(sites.loc[told.index], sites.loc[told.index], 1e5).set_index(["origin", "site"])["distance_m"]
    for before, after in pairwise(told.index):
        assert told.loc[after, "walk_minutes"] == pytest.approx(pairs[before, after] / SPEED, rel=1e-9)
        begin = told.loc[before, "leave_minutes"] + told.loc[after, "walk_minutes"]
        assert told.loc[after, "arrive_minutes"] == pytest.approx(begin)
        assert told.loc[after, "leave_minutes"] == pytest.approx(
            begin + told.loc[after, "wait_minutes"] + told.loc[after, "stay_minutes"]
        )
    whole = four_hours.table.iloc[0]
    assert whole["geometry"].length == pytest.approx(whole["walk_m"], rel=1e-6)
    assert whole["walk_minutes"] + whole["stay_minutes"] + whole["wait_minutes"] == pytest.approx(
        whole["arrive_minutes"]
    )


def test_the_minutes_are_those_of_a_graph_built_from_the_streets_alone(sample, four_hours):
    """Every vertex of a street is a node here; small houses enter at the point of a street nearest their middle."""
    layers, _ = sample
    told = stops(four_hours)
    sites = layers["heritage"].set_index("asset_id").geometry.loc[told.index]
    graph, at_site = own_graph(layers["street"], sites)
    metres = csgraph.dijkstra(graph, directed=False, indices=list(at_site.values()))
    compared = 0
    for number, (before, after) in enumerate(pairwise(told.index)):
        if max(sites[name].boundary.length if sites[name].area else 0 for name in (before, after)) <= 200:
            assert told.loc[after, "walk_m"] == pytest.approx(metres[number, at_site[after]], rel=1e-6)
            compared += 1
    assert compared >= 8


def own_graph(streets, sites):
    """Return a graph of street vertices with a node for each site, and the number of that node."""
    drivable = (streets["street_class"] == "expressway") & ~(streets["is_walkable"] == True)  # noqa: E712
    lines = streets.geometry[~(drivable | (streets["is_walkable"] == False)).to_numpy(dtype=bool)].to_numpy()  # noqa: E712
    number, edges = defaultdict(lambda: len(number)), {}
    cuts = defaultdict(list)
    at_site = {}
    for name, place in sites.items():
        nearest = int(np.argmin(shapely.distance(lines, place.centroid)))
        along = lines[nearest].project(place.centroid)
        entry = lines[nearest].interpolate(along)
        at_site[name] = number["site", name]
        edges[at_site[name], number["entry", name]] = place.distance(entry)
        cuts[nearest].append((along, ("entry", name)))
    for row, line in enumerate(lines):
        xy = shapely.get_coordinates(line)
        marks = np.r_[0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
        nodes = [(mark, tuple(np.round(point, 2))) for mark, point in zip(marks, xy, strict=True)]
        for (begin, one), (end, other) in pairwise(sorted([*nodes, *cuts[row]], key=lambda item: item[0])):
            pair = (number[one], number[other])
            edges[pair] = min(edges.get(pair, np.inf), end - begin)
    ends = np.array(list(edges))
    lengths = np.maximum(list(edges.values()), 1e-9)
    both = sparse.coo_array((lengths, ends.T), shape=(len(number), len(number))).tocsr()
    return both, at_site


def test_the_same_seed_finds_the_same_walk(sample, four_hours):
    layers, results = sample
    again = walked(layers, 240, results, rounds=2000)
    assert again.table.drop(columns="geometry").equals(four_hours.table.drop(columns="geometry"))
    assert again.told == four_hours.told


def test_the_bound_of_the_sample_walk_is_said(four_hours):
    told = four_hours.told
    assert not told["is_proven"]
    assert told["value"] < told["value_bound"] < 1.5 * told["value"]
    assert any("未证明最优" in note["zh"] and "Not proven" in note["en"] for note in told["notes"])


def test_every_column_of_the_kind_is_known(four_hours):
    of = kind("route")
    assert list(four_hours.table.columns) == [*of.columns, "geometry"]
    assert four_hours.table["route_id"].is_unique
    assert four_hours.table["is_sample"].all()
    assert four_hours.table["walk_id"].nunique() == 1
