"""The site card over the sample city: the stalls of a plot to scale, the account in full, what moves the rank."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from browser.driver import Workbench

pytest_plugins = ["browser.fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
REUSE = "heritage_reuse"


def fetch(base_url: str, path: str) -> Any:
    with urllib.request.urlopen(base_url + path) as answer:
        return json.load(answer)


def ranked(base_url: str, action: str) -> list[dict[str, Any]]:
    """Return the ranked opportunities of an action, best first, as the page gets them."""
    table = fetch(base_url, "/api/opportunities")
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    return sorted((row for row in rows if row["action"] == action and row["rank"]), key=lambda row: row["rank"])


def test_the_plan_draws_the_stalls_that_are_counted_on_card_and_map(workbench: Workbench, served_sample: str) -> None:
    row = ranked(served_sample, "surface_parking")[0]
    told = fetch(served_sample, f"/api/opportunities/{row['opportunity_id']}")
    stalls = [part for part in told["layout"] if part["part"] == "stall"]
    assert len(stalls) == row["stalls"]
    workbench.open(f"?site={row['opportunity_id']}")
    workbench.card_parts()
    drawn = workbench.card.locator(".plan svg")
    assert drawn.locator("path.stall").count() == len(stalls)
    assert drawn.locator("path.aisle").count() >= 1
    assert drawn.locator("path.entrance").count() >= 1
    workbench.page.evaluate("([x, y]) => panhuo.map.jumpTo({center: [x, y], zoom: 18})", [row["lon"], row["lat"]])
    workbench.settle()
    assert workbench.rendered("layout-stall")


def test_the_card_tells_the_chance_of_the_rank_and_who_pays(workbench: Workbench, served_sample: str) -> None:
    row = next(row for row in ranked(served_sample, "surface_parking") if row["npv_cny"] is not None)
    workbench.open(f"?site={row['opportunity_id']}")
    workbench.card_parts()
    properties = fetch(served_sample, f"/api/opportunities/{row['opportunity_id']}")["properties"]
    assert (
        f"{100 * properties['top_share']:.1f}".rstrip("0").rstrip(".")
        in workbench.card.locator(".outlook").inner_text()
    )
    assert workbench.card.locator("[data-fact=funding] .badge.assumption").is_visible()
    legend = " ".join(workbench.card.locator(".plan .chart-key").inner_text().split())
    assert f"泊位 {row['stalls']:,} 个" in legend
    for fact in ("npv", "paysBack", "npvLikely", "funding", "incomeOwner", "yearlyCosts"):
        assert workbench.card.locator(f"[data-fact={fact}]").is_visible(), fact


def test_an_account_that_nobody_knows_is_not_called_one_that_never_pays(
    workbench: Workbench, served_sample: str
) -> None:
    rows = [row for action in ("surface_parking", "market") for row in ranked(served_sample, action)]
    row = next(row for row in rows if row["npv_cny"] is None and row["capex_cny"])
    workbench.open(f"?site={row['opportunity_id']}")
    workbench.card_parts()
    assert workbench.card.locator("[data-fact=payback]").count() == 0
    assert "期内不回收" not in workbench.card.inner_text()
    assert workbench.page.locator(f"tr[data-id='{row['opportunity_id']}'] .flaw").inner_text() == "缺地租"


def test_the_list_marks_what_does_not_pay_back_and_what_may_lose(workbench: Workbench, served_sample: str) -> None:
    pays = next(row for row in ranked(served_sample, "surface_parking") if row["fits_horizon"] and row["npv_cny"] >= 0)
    assert pays["npv_p10_cny"] < 0
    counted = [row for row in ranked(served_sample, "charging") if row["pledgeable_share"] and row["revenue_cny_year"]]
    lost = next(row for row in counted if row["fits_horizon"] is False)
    for row, marks in ((pays, ["可能亏"]), (lost, ["不回本"])):
        workbench.open(f"?site={row['opportunity_id']}")
        workbench.card_parts()
        assert workbench.page.locator(f"tr[data-id='{row['opportunity_id']}'] .flaw").all_inner_texts() == marks


def test_the_headline_of_an_account_that_may_lose_says_so(workbench: Workbench, served_sample: str) -> None:
    row = next(row for row in ranked(served_sample, "surface_parking") if row["fits_horizon"] and row["npv_cny"] >= 0)
    workbench.open(f"?site={row['opportunity_id']}")
    workbench.card_parts()
    assert "可能亏" in workbench.card.locator("[data-fact=npv]").inner_text()
    assert "的情形能回本" in workbench.card.locator("[data-fact=fits]").inner_text()


def test_the_card_tells_built_from_let_and_where_a_step_is_full(workbench: Workbench, served_sample: str) -> None:
    row = ranked(served_sample, "surface_parking")[0]
    let = fetch(served_sample, f"/api/opportunities/{row['opportunity_id']}")["properties"]["stalls_let"]
    workbench.open(f"?site={row['opportunity_id']}")
    workbench.card_parts()
    assert let < row["stalls"]
    assert f"可租出 {int(let + 0.5):,}" in workbench.card.locator("tr[data-key=night_gap_closed]").inner_text()
    assert "2 档（满分 3）" in workbench.card.locator("tr[data-key=permission_ease]").inner_text()


def test_a_return_without_its_rent_that_counts_nothing_says_why(workbench: Workbench, served_sample: str) -> None:
    rows = ranked(served_sample, "surface_parking")
    row = next(row for row in rows if row["npv_cny"] is None and row["v_return_per_cny"] == 0)
    workbench.open(f"?site={row['opportunity_id']}")
    workbench.card_parts()
    assert "“每元投资净现值”缺地租：地租即使为零" in workbench.card.inner_text()


def test_an_action_of_the_other_theme_is_marked_among_the_alternatives(
    workbench: Workbench, served_sample: str
) -> None:
    others = (
        fetch(served_sample, f"/api/opportunities/{row['opportunity_id']}") for row in ranked(served_sample, "market")
    )
    told = next(item for item in others if {other["theme"] for other in item["alternatives"]} >= {"heritage"})
    themes = [other["theme"] for other in told["alternatives"]]
    assert themes == sorted(themes, reverse=True), "its own theme first"
    workbench.open(f"?site={told['properties']['opportunity_id']}")
    workbench.card_parts()
    marks = workbench.card.locator(".alternatives .theme-tag").all_inner_texts()
    assert marks == ["文化活化"] * themes.count("heritage")


def test_the_printed_list_tells_how_far_a_rank_can_be_trusted(workbench: Workbench, served_sample: str) -> None:
    row = ranked(served_sample, "surface_parking")[0]
    workbench.open("")
    told = workbench.page.locator(f"tr[data-id='{row['opportunity_id']}'] .paper")
    assert not told.first.is_visible(), "the screen draws the band"
    workbench.page.emulate_media(media="print")
    confidence = {"high": "高", "medium": "中", "low": "低"}[row["confidence"]]
    assert told.all_inner_texts() == [f"{row['rank_p10']} – {row['rank_p90']}", f"置信度 {confidence}"]
    marked = next(each for each in ranked(served_sample, "surface_parking") if each["npv_cny"] is None)
    assert workbench.page.locator(f"tr[data-id='{marked['opportunity_id']}'] .flaw").is_visible()


def test_the_list_and_the_map_tell_a_past_day_from_one_to_come(workbench: Workbench) -> None:
    workbench.open("?layers=clock")
    entries = workbench.page.locator("li.layer[data-kind='clock'] .legend li")
    assert entries.all_inner_texts() == ["未到期", "已到期", "是否到期存疑"]


def test_the_card_of_the_best_car_park_prints_on_one_page(workbench: Workbench, served_sample: str) -> None:
    workbench.open(f"?site={ranked(served_sample, 'surface_parking')[0]['opportunity_id']}")
    workbench.card_parts()
    assert workbench.page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


@pytest.mark.parametrize(("lang", "end", "separator"), [("zh", "", "；"), ("en", "_en", "; ")])
def test_a_heritage_card_lists_what_comes_first_what_is_forbidden_and_what_is_open(
    workbench: Workbench, served_sample: str, lang: str, end: str, separator: str
) -> None:
    found = (
        fetch(served_sample, f"/api/opportunities/{row['opportunity_id']}") for row in ranked(served_sample, REUSE)
    )
    told = next(item["properties"] for item in found if item["properties"]["rank_condition"])
    workbench.open(f"?lang={lang}&theme=heritage&site={told['opportunity_id']}")
    workbench.card_parts()
    lists = {"nextStep": "next_step", "forbiddenUses": "forbidden_uses", "clausesOpen": "clauses_open"}
    for fact, name in lists.items():
        pieces = str(told[name + end]).split(separator)
        assert len(pieces) > 1
        assert workbench.card.locator(f"[data-fact={fact}] li").all_inner_texts() == pieces
    level = workbench.card.locator("[data-fact=level]").inner_text()
    assert all(piece in level for piece in str(told[f"decision_reason{end}"]).split(separator))
    assert str(told[f"rank_condition{end}"]) in workbench.card.locator("[data-fact=rankCondition]").inner_text()


def test_a_link_that_names_the_asset_opens_its_best_option(workbench: Workbench, served_sample: str) -> None:
    row = ranked(served_sample, "surface_parking")[0]
    workbench.open(f"?site={row['asset_id']}")
    workbench.card_parts()
    assert workbench.selected_row == row["opportunity_id"]
