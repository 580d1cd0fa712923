"""What was decided on a run, on the offline page: bundles, walks, chosen sites, each with its card and its legend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from folium_pages import HOSTILE, MANIFEST, decided, drawn, frame, opportunities, page, square

from layers import schema
from maps import _folium_text as words
from maps._folium_areas import SHAPES_PER_OVERLAY
from maps._folium_decisions import decisions
from maps.palette import ROLE_SIGNS, ROLE_STYLES

LISTS = ("bundle", "site_choice", "route")


def run(*names: str, **changes: Any) -> dict[str, Any]:
    tables = decided(**changes)
    return {"opportunity": opportunities(), **{name: tables[name] for name in names or tables}}


def said(html: str, start: str) -> str:
    """Return the card whose heading starts so."""
    return next(
        item["properties"]["card"]
        for item in drawn(html)
        if item["properties"].get("heading", "").startswith(start) and "card" in item["properties"]
    )


def test_a_run_that_decided_nothing_shows_nothing_of_it() -> None:
    html = page()
    assert "data-place=" not in html
    for name in LISTS:
        assert schema.kind(name).zh not in html


@pytest.mark.parametrize("name", LISTS)
def test_only_what_was_decided_has_a_layer_a_list_and_a_legend(name: str) -> None:
    html = page(results=run(name))
    assert html.count(f'<details class="decided"><summary>{schema.kind(name).zh}') == 1
    assert html.count('<details class="decided">') == 1
    legend = html[html.index('<template id="legend">') :]
    assert f"<h2>{schema.kind(name).zh}" in legend
    assert not any(f"<h2>{schema.kind(other).zh}" in legend for other in LISTS if other != name)


def test_the_card_of_a_bundle_tells_who_pays_when_it_is_deepest_and_why_each_is_in() -> None:
    card = said(page(results=run()), "1号包")
    assert "1,234 万元<br>企业 434.0 万元" in card
    assert "财政 800.0 万元" in card
    assert "产权人" not in card, "who pays nothing is not named"
    assert "434.0 万元 · 第2年" in card
    assert "5.6 万元<br>有 62.5% 的情形能平衡" in card
    assert "1 个小区 · 120 户 · 30 名60岁以上老人" in card
    assert "1 communities, 120 households, 30 people over 60" in card
    assert "140 · 已证明的界 200，离最优不超过 30.0%" in card
    assert "proven bound 200, within 30.0% of the best" in card
    assert card.index("大场") < card.index("为邻居付出85.0万元") < card.index("旧村</b>") < card.index("受益：120户")
    assert "only link" in card
    assert "新村" not in card, "a community that was left out is no member"


def with_years(**changes: Any) -> dict[str, Any]:
    """Return a run with the account of its bundle: 4.34 M CNY in the first year, 1.5 M in each of three others."""
    net = [-4_340_000.0, 1_500_000.0, 1_500_000.0, 1_500_000.0]
    rows: dict[str, Any] = {
        "bundle_year_id": [f"b1:{year}" for year in range(4)],
        "bundle_id": "b1",
        "year": range(4),
        "net_cny": net,
        "cumulative_cny": np.cumsum(net),
        "discounted_cny": net,
        **changes,
    }
    tables = run()
    tables["bundle"]["working_capital_cny"] = 5e6
    return {**tables, "bundle_year": frame("bundle_year", [None] * 4, **rows)}


def test_the_card_of_a_bundle_draws_its_account_by_year_beside_the_limit_of_its_working_capital() -> None:
    card = said(page(results=with_years()), "1号包")
    assert card.count("<rect") == 4
    assert card.count('stroke-dasharray="5 3"') == 1
    assert "最深 434.0 万元，第0年" in card
    assert "垫资上限 500 万元" in card
    assert "<tr><th>1</th><td>150.0</td><td>−284.0</td><td>150.0</td></tr>" in card
    assert "<tr><th>Σ</th><td>16.0</td><td></td><td>16.0</td></tr>" in card
    assert "由他包补入" not in card[: card.index("</figure>")]
    far = with_years()
    far["bundle"]["working_capital_cny"] = 5e7
    assert "垫资上限 5,000 万元，远未达到" in said(page(results=far), "1号包")
    assert "<figure" not in said(page(results=run()), "1号包"), "a run without years has no picture"


def test_what_other_bundles_give_is_drawn_and_told_in_the_year_in_which_it_comes() -> None:
    after = np.array([-4_000_000.0, 1_500_000.0, 1_500_000.0, 1_500_000.0])
    helped = with_years(
        transfer_in_cny=[340_000.0, 0, 0, 0],
        transfer_out_cny=0.0,
        after_cny=after,
        after_cumulative_cny=np.cumsum(after),
        after_discounted_cny=after,
    )
    card = said(page(results=helped), "1号包")
    assert "最深 400.0 万元，第0年" in card
    assert "<tr><th>0</th><td>−434.0</td><td>34.0</td><td>0.0</td><td>−400.0</td><td>−400.0</td></tr>" in card


ASSUMED = [
    {
        "key": "fin.concession_default",
        "zh": "默认经营期限",
        "en": "Usual term",
        "shown": {"zh": "15年", "en": "15 years"},
        "source": {"zh": "ASSUMPTION - no source found", "en": "ASSUMPTION - no source found"},
        "confidence": "low",
        "is_assumption": True,
        "is_given": False,
    },
    {
        "key": "bundle.working_capital",
        "zh": "每包累计垫资上限",
        "en": "Working capital of a bundle",
        "shown": {"zh": "500.0万元", "en": "5.00 M CNY"},
        "source": {"zh": "本次命令给定", "en": "given with the command"},
        "confidence": "",
        "is_assumption": False,
        "is_given": True,
    },
]


def test_what_a_plan_rests_on_stands_under_its_list_and_in_short_on_each_card() -> None:
    html = page(results=run(), manifest={**MANIFEST, "decided": {"bundle": {"assumptions": ASSUMED}}})
    table = html[html.index('<details class="assumed">') : html.index("</table>", html.index('class="assumed"'))]
    for text in ("默认经营期限", "15 years", "<b>假定", "no source found", "低", "500.0万元", "given with the command"):
        assert text in table
    assert "ASSUMPTION - " not in table
    card = said(html, "1号包")
    assert "默认经营期限 15年；共2项取值，其中1项为假定" in card
    assert "Usual term 15 years; 2 values, 1 of them assumptions" in card


def test_a_search_that_was_ended_early_says_so_on_the_card() -> None:
    tables = run()
    assert "搜索提前结束" not in said(page(results=tables), "1号包")
    tables["bundle"]["plan_is_cut"] = True
    assert "搜索提前结束，加时可能更好" in said(page(results=tables), "1号包")


def test_a_role_is_told_by_sign_and_edge_and_the_legend_has_the_words_of_the_schema() -> None:
    html = page(results=run("bundle", "bundle_member"))
    roles = schema.kind("bundle_member")["role"].codes or {}
    assert set(ROLE_STYLES) == set(ROLE_SIGNS) == set(roles)
    assert len(set(ROLE_SIGNS.values())) == len(roles)
    legend = html[html.index('<template id="legend">') :]
    assert all(words.both(*titles) in legend for titles in roles.values())
    shapes = [item for item in drawn(html) if "role-sign" in item["properties"].get("heading", "")]
    looks = {item["properties"]["card"].split("</i> ")[1].split("<")[0]: item["properties"]["look"] for item in shapes}
    assert looks["大场"]["color"] != looks["旧村"]["color"]
    assert "dashArray" in looks["小场"]
    signs = [item["properties"]["look"] for item in drawn(html) if "html" in item["properties"].get("look", {})]
    assert [look["html"] for look in signs] == ["+", "−", "=", words.both("1号包", "Bundle 1")]


def test_a_community_in_no_bundle_has_a_layer_of_its_own_that_says_what_it_lacks() -> None:
    html = page(results=run("bundle", "bundle_member"))
    card = next(item["properties"]["card"] for item in drawn(html) if "新村" in item["properties"].get("card", ""))
    assert "资金" in card
    assert "并入1号包还差30.0万元" in card
    assert "30.0 万元" in card
    found = {item.key: item for item in decisions(run(), is_sample=False)}
    assert found["bundle"].is_shown
    assert not found["left_out"].is_shown


def test_more_communities_than_are_drawn_are_counted_in_the_notes() -> None:
    many = SHAPES_PER_OVERLAY + 1
    members = frame(
        "bundle_member", [square(place % 60, place // 60) for place in range(many)], role="left_out", name="村"
    )
    html = page(results={"opportunity": opportunities(), "bundle_member": members})
    assert "未入包小区:1,501 个中绘出 1,500 个" in html


def test_a_walk_is_a_line_with_numbered_stops_minutes_and_stories() -> None:
    html = page(results=run("route"))
    walk, first, last = (said(html, start) for start in ("两站线路", "1. 旧村", "2. 古井"))
    assert "10:00–10:34 · 34 分钟" in walk
    assert "4.5 分钟 309 米" in walk
    assert "1.25 · 任何线路不超过 2.00" in walk
    assert "老街坊说的" in first
    assert "As neighbours tell it" in first
    assert "红色文化" in first
    assert "从上一站步行" not in first
    assert last.startswith("2. 古井<dl>"), "a name that is the same in both languages stands once"
    assert f"10:24–10:34 ({words.both('25 分钟', '25 min')})" in last
    assert words.both("2 处 · 34 分钟 · 步行 4.5 分钟 309 米", "2 sights, 34 min, 4.5 min, 309 m on foot") in html
    assert "只看外观" in last
    marks = [item for item in drawn(html) if item["properties"].get("key", "").startswith("stop:")]
    assert [item["properties"]["look"]["html"] for item in marks] == ["1<i>0′</i>", "2<i>25′</i>"]
    lines = [item["properties"]["look"] for item in drawn(html) if "Line" in item["geometry"]["type"]]
    assert "dashArray" in lines[-1], "a walk that follows no street is dashed"


def test_chosen_sites_stand_in_their_order_with_what_each_adds() -> None:
    html = page(results=run("site_choice"))
    assert html.index("1. 旧村") < html.index("2. 边角地")
    card = said(html, "2. 边角地")
    assert "8 泊位、桩或充电口" in card
    assert "4.8 万元" in card
    assert "54 · 已证明没有更好的" in card
    assert "按容量服务" in card


def test_an_invented_bundle_is_marked_and_a_real_one_is_not() -> None:
    assert "示例数据" in said(page(results=run()), "1号包")
    tables = run()
    tables["bundle"]["is_sample"] = False
    assert "示例数据" not in said(page(results=tables), "1号包")
    assert "示例数据" in said(page(results=tables, is_sample=True), "1号包")


def test_names_and_reasons_that_are_markup_are_shown_as_text() -> None:
    html = page(results=run(name=HOSTILE, reason=[HOSTILE] * 4, reason_en=[HOSTILE] * 4))
    assert "<script>alert(1)" not in html
    assert "{{ 7 * 7 }}" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said(html, "1. &lt;")
