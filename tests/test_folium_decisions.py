"""What was decided on a run, on the offline page: bundles, walks, chosen sites, each with its card and its legend."""

from __future__ import annotations

from typing import Any

import pytest
from folium_pages import HOSTILE, decided, drawn, frame, opportunities, page, square

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
    assert "1 个小区 · 120 户 · 30 名老人" in card
    assert "140 · 已证明的界 200，差距 30.0%" in card
    assert card.index("大场") < card.index("为邻居付出85.0万元") < card.index("旧村</b>") < card.index("受益：120户")
    assert "only link" in card
    assert "新村" not in card, "a community that was left out is no member"


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
    assert [look["html"] for look in signs] == ["+", "−", "=", "1号包"]


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
    assert "10:24–10:34 (25 分钟)" in last
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
