"""Sites chosen of what a run offers: by hand on two streets, what is left out, what is refused."""

import itertools
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import CRS, MODEL, city
from scipy.sparse import csgraph, csr_array
from shapely.geometry import LineString, Point

from gis.site_choice import Wish, choose_sites
from layers.errors import AnalysisError, NotFoundError, UsageError
from layers.schema import conform, kind

# Two streets, 400 m apart, on which everything stands: the walk between two places of one is what lies between them.
REACH = city([LineString([(0, 0), (2000, 0)]), LineString([(0, 400), (2000, 400)])]).reach
NEEDS = [
    {"at": (0, 0), "night_gap_stalls": 40.0, "people": 400.0, "elderly_share": 0.1},
    {"at": (200, 0), "night_gap_stalls": 20.0, "people": 100.0, "elderly_share": 0.5},
    {"at": (800, 0), "night_gap_stalls": 30.0, "people": 300.0, "elderly_share": None},
    {"at": (0, 400), "night_gap_stalls": 10.0, "people": 200.0, "elderly_share": 0.2},
]
SITES = [
    {"at": (100, 0), "stalls": 30, "capex_cny": 3e5},  # reaches the first two
    {"at": (500, 0), "stalls": 50, "capex_cny": 6e5},  # the second and the third
    {"at": (900, 0), "stalls": 8, "capex_cny": 1e5},  # the third
]


def needs(*rows):
    """The table `need` of communities given as rows."""
    full = [
        {"asset_id": f"c{number}", "name": f"小区{number}", "subdistrict_code": "A", **row}
        for number, row in enumerate(rows)
    ]
    return _frame("need", full)


def offers(*rows, action="surface_parking"):
    """The table `opportunity` of assets given as rows."""
    full = [
        {
            "opportunity_id": f"o{number}",
            "asset_id": f"a{number}",
            "name": f"地块{number}",
            "subdistrict_code": "A",
            "theme": "revitalization",
            "action": action,
            "asset_kind": "idle_land",
            "permission": "approval",
            **row,
        }
        for number, row in enumerate(rows)
    ]
    return _frame("opportunity", full)


def _frame(name, rows):
    geometry = gpd.GeoSeries([None if row["at"] is None else Point(row["at"]) for row in rows], crs=CRS)
    plain = [{key: value for key, value in row.items() if key != "at"} for row in rows]
    return conform(gpd.GeoDataFrame(plain, geometry=geometry, crs=CRS), kind(name))


def wish(**more):
    return Wish(**{"actions": ("surface_parking",), "budget_cny": 6e5, **more})


def chosen(asked, sites=SITES, lacking=NEEDS):
    return choose_sites(offers(*sites), needs(*lacking), REACH, MODEL, asked)


def test_stalls_by_hand():
    """For 0.6 M either 30 and 8 stalls, or a lot of 50 between two communities that lack 20 and 30."""
    plan = chosen(wish())
    assert list(plan.table["asset_id"]) == ["a1"]
    row = plan.table.iloc[0]
    assert (row["served_units"], row["gain"], row["community_count"], row["capex_cny"]) == (50, 50, 2, 6e5)
    assert row["reason"] == "服务步行范围内2个缺口小区、补缺50个夜间泊位（可提供50个）"
    assert row["reason_en"].startswith("serves 2 communities within the walk and closes 50")
    assert (plan.told["value"], plan.told["bound"], plan.told["gap"]) == (50, 50, 0)
    assert (plan.told["gap_units"], plan.told["served_units"], plan.told["cost_cny"]) == (100, 50, 6e5)


def test_who_stays_without_is_told_with_the_reason():
    left = chosen(wish()).told["uncovered"]
    assert (left["no_candidate"]["communities"], left["no_candidate"]["units"]) == (1, 10)  # on the other street
    assert (left["not_chosen"]["communities"], left["not_chosen"]["units"]) == (1, 40)
    assert left["no_room"]["communities"] == 0
    cramped = chosen(wish(budget_cny=3e5)).told["uncovered"]
    assert cramped["no_room"]["units"] == 30  # 60 lacking around 30 stalls
    assert left["not_chosen"]["most"] == [{"name": "小区0", "units": 40.0}]


def test_sites_come_by_what_each_adds():
    plan = chosen(wish(budget_cny=1e6))
    assert list(plan.table["asset_id"]) == ["a1", "a0"]  # the third adds nothing to these: it is not paid for
    assert list(plan.table["gain"]) == [50, 30]
    assert list(plan.table["site_order"]) == [1, 2]
    assert plan.told["cost_cny"] == 9e5


def test_no_more_is_spent_than_the_same_takes():
    """Two lots serve both communities for 0.5 M, one alone for 0.4 M: the budget pays for either."""
    sites = [
        {"at": (0, 0), "stalls": 40, "capex_cny": 2e5},
        {"at": (400, 0), "stalls": 40, "capex_cny": 3e5},
        {"at": (200, 0), "stalls": 80, "capex_cny": 4e5},
    ]
    lacking = [{**NEEDS[0], "at": (at, 0)} for at in (0, 400)]
    plan = chosen(wish(budget_cny=8e5), sites, lacking)
    assert (list(plan.table["asset_id"]), plan.told["cost_cny"]) == (["a2"], 4e5)


def test_a_site_that_spares_nobody_a_step_is_left_out():
    plan = chosen(wish(mode="nearest", budget_cny=None, count=2), SITES[:2], NEEDS[:1])
    assert list(plan.table["asset_id"]) == ["a0"]


def test_covering_by_hand():
    """For 0.4 M the first and the third reach all but the other street: 400 + 100 + 300."""
    plan = chosen(wish(mode="cover", budget_cny=4e5))
    assert list(plan.table["asset_id"]) == ["a0", "a2"]
    assert list(plan.table["gain"]) == [500, 300]
    assert list(plan.table["served_units"]) == [30, 8]
    assert plan.table["reason"].iloc[1] == "步行300米内新覆盖1个小区300人，补缺8个夜间泊位（可提供8个）"
    by_gap = chosen(wish(mode="cover", budget_cny=4e5, by="gap"))
    assert (by_gap.told["value"], by_gap.told["value_of"]) == (90, "units")


def test_covering_all_takes_the_cheapest():
    plan = chosen(wish(mode="all", budget_cny=None))
    assert (plan.told["cost_cny"], plan.told["bound"], plan.told["communities_covered"]) == (4e5, 4e5, 3)
    assert "其中1个小区只有它能到" in plan.table["reason"].iloc[0]
    with pytest.raises(AnalysisError, match=r"takes 400,000 CNY .* the budget is 300,000"):
        chosen(wish(mode="all", budget_cny=3e5))


def test_least_walking_by_hand():
    """From 500 m: 500 x 400 + 300 x 100 + 300 x 300 people-metres; who is on the other street reaches nothing."""
    plan = chosen(wish(mode="nearest", budget_cny=None, count=1), lacking=NEEDS[:3])
    metres = {
        number: sum(row["people"] * abs(row["at"][0] - site["at"][0]) for row in NEEDS[:3])
        for number, site in enumerate(SITES)
    }
    best = min(metres, key=metres.get)
    assert list(plan.table["asset_id"]) == [f"a{best}"]
    assert plan.told["value"] == pytest.approx(metres[best])
    assert plan.table["walk_m"].iloc[0] == pytest.approx(metres[best] / 800)


def test_the_old_count_more_when_asked_for():
    """Of 20 lots' stalls those go to the second community, half of whose people are old."""
    sites = [{"at": (0, 0), "stalls": 20, "capex_cny": 1e5}, {"at": (500, 0), "stalls": 19, "capex_cny": 1e5}]
    lacking = [NEEDS[0], {**NEEDS[1], "at": (600, 0)}]
    assert list(chosen(wish(budget_cny=1e5), sites, lacking).table["asset_id"]) == ["a0"]
    plan = chosen(wish(budget_cny=1e5, elderly_first=True), sites, lacking)
    assert list(plan.table["asset_id"]) == ["a1"]
    assert plan.told["value"] == pytest.approx(19 * 1.5)
    assert plan.table["served_units"].iloc[0] == 19
    assert plan.told["elderly_extra"] == MODEL.value("site.elderly_extra")


def test_an_unknown_age_counts_as_the_mean_by_people():
    lacking = [NEEDS[0], {**NEEDS[1], "elderly_share": None}]
    plan = chosen(wish(elderly_first=True, mode="cover", by="gap", budget_cny=3e5), SITES[:1], lacking)
    assert plan.told["value"] == pytest.approx(60 * 1.1)


def test_one_action_of_a_parcel_is_chosen():
    """On one parcel 30 stalls on the ground for 0.3 M or 60 in racks for 0.6 M, never both."""
    both = offers(
        SITES[0], {**SITES[0], "asset_id": "a0", "action": "mechanical_parking", "stalls": 60, "capex_cny": 6e5}
    )
    asked = wish(actions=("surface_parking", "mechanical_parking"), budget_cny=1e6)
    for mode, actions in (("serve", ["mechanical_parking"]), ("cover", ["surface_parking"])):
        plan = choose_sites(both, needs(*NEEDS), REACH, MODEL, replace(asked, mode=mode))
        assert list(plan.table["action"]) == actions
        assert plan.told["candidates"] == 1


def test_only_what_is_permitted_is_chosen():
    permissions = ["allowed", "approval", "unclear", "forbidden"]
    sites = [{**SITES[0], "permission": code} for code in permissions]
    asked = wish(budget_cny=1e7, mode="nearest", count=2)
    plan = chosen(replace(asked, budget_cny=None), sites)
    assert plan.told["candidates"] == 2
    assert plan.told["left_out"] == {"forbidden": 1, "unclear": 1}
    assert chosen(replace(asked, budget_cny=None, with_unclear=True), sites).told["left_out"] == {"forbidden": 1}


def test_what_has_no_cost_no_room_or_no_place_is_counted():
    gone = [{**SITES[1], "capex_cny": None}, {**SITES[1], "stalls": 0}, {**SITES[1], "at": None}]
    plan = chosen(wish(left_out=("a0",)), [SITES[0], SITES[1], *gone])
    assert plan.told["left_out"] == {"wished": 1, "no_place": 1, "no_room": 1, "no_cost": 1}
    assert list(plan.table["asset_id"]) == ["a1"]


def test_what_was_decided_is_open_and_costs_nothing_more():
    plan = chosen(wish(budget_cny=1e5, decided=("a0",)))
    assert list(plan.table["asset_id"]) == ["a0", "a2"]
    assert list(plan.table["is_decided"]) == [True, False]
    assert list(plan.table["capex_cny"]) == [0, 1e5]
    assert plan.table["reason"].iloc[0].startswith("此前已定，")
    assert (plan.told["value"], plan.told["site_count"], plan.told["cost_cny"]) == (38, 1, 1e5)


def test_a_sub_district_keeps_to_itself():
    lacking = [NEEDS[0], {**NEEDS[1], "subdistrict_code": "B"}]
    plan = chosen(wish(subdistrict="A", budget_cny=1e6), SITES[:2], lacking)
    assert (list(plan.table["asset_id"]), plan.told["communities_in_need"]) == (["a0"], 1)


def test_communities_of_unknown_gap_or_place_are_counted():
    lacking = [
        *NEEDS,
        {**NEEDS[0], "night_gap_stalls": None},
        {**NEEDS[0], "at": None},
        {**NEEDS[0], "night_gap_stalls": 0.0},
    ]
    told = chosen(wish(), lacking=lacking).told
    assert (told["communities_in_need"], told["communities_unknown"]) == (4, 2)


@pytest.mark.parametrize(
    ("asked", "says", "zh"),
    [
        ({"budget_cny": 0.0}, "with a budget of 0 nothing", "预算为0"),
        ({"budget_cny": -1.0}, "a budget of -1 CNY is none", "不能为负"),
        ({"budget_cny": None}, "mode serve needs a budget", "需要预算"),
        ({"count": 0}, "0 sites cannot be chosen", "至少 1 处"),
        ({"count": 4}, "4 sites are asked for, there are 3", "候选只有 3 处"),
        ({"mode": "nearest"}, "asks how many sites", "不看预算"),
        ({"mode": "all", "count": 2}, "as many sites as it takes", "不能限定处数"),
        ({"mode": "best"}, "there is no mode 'best'", "没有方式"),
        ({"by": "votes"}, "there is no measure 'votes'", "没有计量"),
        ({"actions": ("market",)}, "market is nothing that sites", "不在可选址"),
        ({"actions": ("surface_parking", "charging")}, "close different gaps", "不同缺口"),
        ({"decided": ("a1",), "left_out": ("a1",)}, "both decided and left out", "既已定又不选"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(asked, says, zh):
    with pytest.raises(UsageError, match=says) as told:
        chosen(wish(**asked))
    assert zh in told.value.line_zh


@pytest.mark.parametrize(
    ("asked", "sites", "lacking", "says", "zh"),
    [
        ({}, [{**SITES[0], "permission": "unclear"}], NEEDS, "no candidate .*1 permission unclear", "没有可选"),
        ({}, SITES, [{**NEEDS[0], "night_gap_stalls": 0.0}], "no community is known to lack", "没有已知缺"),
        ({}, SITES[2:], NEEDS[:1], "nobody who lacks .* reaches a candidate", "到不了任何候选"),
        ({"budget_cny": 5e4}, SITES, NEEDS, "cheapest takes 100,000 CNY, there are 50,000", "最便宜的要10.00万元"),
        ({"decided": ("a0",)}, SITES[:1], [{**NEEDS[0], "night_gap_stalls": 5.0}], "no further site adds", "无须再选"),
    ],
)
def test_what_cannot_be_chosen_is_told(asked, sites, lacking, says, zh):
    with pytest.raises(AnalysisError, match=says) as told:
        chosen(wish(**asked), sites, lacking)
    assert zh in told.value.line_zh


def test_an_asset_that_is_no_candidate_is_named():
    with pytest.raises(NotFoundError, match="x9 is no asset"):
        chosen(wish(decided=("x9",)))


def test_the_order_of_rows_changes_nothing():
    plan = chosen(wish(budget_cny=1e6))
    turned = choose_sites(offers(*SITES).iloc[::-1], needs(*NEEDS).iloc[::-1], REACH, MODEL, wish(budget_cny=1e6))
    assert plan.table.drop(columns="geometry").equals(turned.table.drop(columns="geometry"))


places = st.integers(0, 12).map(lambda step: (step * 100, 0))
some_sites = st.lists(
    st.builds(
        lambda at, stalls, cost: {"at": at, "stalls": stalls, "capex_cny": cost * 1e5},
        places,
        st.integers(1, 60),
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=5,
)
some_needs = st.lists(
    st.builds(
        lambda at, gap: {"at": at, "night_gap_stalls": float(gap), "people": gap * 3.0}, places, st.integers(1, 50)
    ),
    min_size=1,
    max_size=5,
)


def flow(sites, lacking, opened):
    """What stalls can serve within 300 m, as a flow of whole stalls: nothing of the search is asked."""
    size = 2 + len(lacking) + len(sites)
    pipes = np.zeros((size, size), dtype=np.int32)
    for number, row in enumerate(lacking):
        pipes[0, 2 + number] = row["night_gap_stalls"]
        for site in opened:
            if abs(row["at"][0] - sites[site]["at"][0]) <= 300:
                pipes[2 + number, 2 + len(lacking) + site] = 10**6
    for site in opened:
        pipes[2 + len(lacking) + site, 1] = sites[site]["stalls"]
    return int(csgraph.maximum_flow(csr_array(pipes), 0, 1).flow_value)


@given(some_sites, some_needs, st.integers(1, 15))
@settings(max_examples=40)
def test_what_is_served_is_the_most_that_any_choice_serves(sites, lacking, budget):
    subsets = [c for n in range(len(sites) + 1) for c in itertools.combinations(range(len(sites)), n)]
    served = {
        c: flow(sites, lacking, c) for c in subsets if sum(sites[site]["capex_cny"] for site in c) <= budget * 1e5
    }
    most = max(served.values())
    try:
        plan = chosen(wish(budget_cny=budget * 1e5), sites, lacking)
    except AnalysisError:
        assert most == 0
        return
    rows = tuple(sorted(int(asset[1:]) for asset in plan.table["asset_id"]))
    assert plan.told["value"] == pytest.approx(most)
    assert plan.told["bound"] == pytest.approx(most)
    assert served[rows] == most
    assert plan.table["served_units"].sum() == pytest.approx(most)
    cheapest = min(sum(sites[site]["capex_cny"] for site in c) for c, value in served.items() if value == most)
    assert plan.told["cost_cny"] == pytest.approx(cheapest)
    assert list(plan.table["gain"]) == sorted(plan.table["gain"], reverse=True)
