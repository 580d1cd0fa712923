"""The offline page: stands alone, escapes what people write, shows what the run found, opens without a network."""

from __future__ import annotations

import json
import re
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from folium_pages import HOSTILE, MANIFEST, SOUTH, STEP, WEST, drawn, frame, opportunities, page, square
from hypothesis import given
from hypothesis import strategies as st

from layers import schema
from layers.errors import NotFoundError, UsageError
from maps import _folium_leaflet as leaflet
from maps import _folium_text as words
from maps import palette
from maps.folium_map import write_map

if TYPE_CHECKING:
    from pathlib import Path


def sites(html: str) -> list[dict[str, Any]]:
    return [feature for feature in drawn(html) if "rank" in feature["properties"]]


class Outline(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag if tag in ("script", "style") else self._silent

    def handle_endtag(self, tag: str) -> None:
        self._silent = "" if tag == self._silent else self._silent

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def outline(html: str) -> Outline:
    parser = Outline()
    parser.feed(html)
    parser.close()
    return parser


def test_every_ranked_opportunity_is_drawn_once_and_no_other() -> None:
    found = sites(page())
    assert len(found) == 25 + 3
    assert sorted(item["properties"]["rank"] for item in found if item["id"].startswith("r")) == list(range(1, 26))
    assert len({item["id"] for item in found}) == 28


def test_the_list_holds_the_best_twenty_of_each_theme_and_links_to_the_map() -> None:
    html = page()
    rows = [attrs["data-site"] for tag, attrs in outline(html).tags if tag == "button" and "data-site" in attrs]
    assert rows == [f"r{n}" for n in range(1, 21)] + ["h1", "h2", "h3"]
    assert set(rows) <= {item["id"] for item in sites(html)}


def test_a_popup_says_what_a_decision_needs() -> None:
    best = next(item["properties"] for item in sites(page()) if item["id"] == "r1")
    assert best["heading"] == "1. 地块0"
    assert best["score"].startswith("0.900")
    assert "须报批" in best["permission"]
    assert best["capex"] == "54.6 万元"
    assert best["npv"].startswith("−1.0 万元")
    assert "榕荫街道" in best["action"]
    # 3 of 4 parts of the weight times 0.8, 1 of 4 times 0.4.
    assert best["reasons"] == "夜间停车缺口 0.600 · 可用面积 0.100"


def test_a_site_without_a_name_says_what_it_is_and_a_guess_says_so() -> None:
    table = opportunities(name=None, x_area=float("nan"), v_area=0.5)
    best = next(item["properties"] for item in sites(page(results={"opportunity": table})) if item["id"] == "r1")
    assert best["heading"] == "1. 未命名闲置用地"
    assert best["reasons"] == "夜间停车缺口 0.600 · 可用面积(缺数据,取 0.5) 0.125"


def test_a_point_is_where_the_site_is_whatever_the_crs_of_the_run() -> None:
    metric = opportunities().to_crs("EPSG:4526")
    here, there = sites(page()), sites(page(results={"opportunity": metric}))
    for one, other in zip(here, there, strict=True):
        assert one["geometry"]["coordinates"] == pytest.approx(other["geometry"]["coordinates"], abs=2e-6)


def test_coordinates_have_six_decimals_at_most() -> None:
    third = frame("building", [shapely.Point(WEST + 1 / 3000, SOUTH).buffer(0.0003)])
    html = page(layers={"building": third})
    numbers = re.findall(r"\d+\.(\d{7,})", " ".join(json.dumps(item["geometry"]) for item in drawn(html)))
    assert drawn(html)
    assert numbers == []


def test_the_head_names_the_day_of_the_analysis_and_not_a_date_of_the_data() -> None:
    said = "".join(outline(page()).words)
    assert "基准日 analysed as of 2026-06-30" in said
    assert "数据截至" not in said


def test_what_lies_in_no_subdistrict_is_veiled_and_said() -> None:
    two = frame(
        "subdistrict", [square(0, 0, 0.002), square(3, 0, 0.002)], subdistrict_code=["S1", "S2"], name=["甲", "乙"]
    )
    table = opportunities(subdistrict_code=["S1", *[None] * 28])
    html = page(layers={"subdistrict": two}, results={"opportunity": table})
    (veil,) = [shapely.geometry.shape(item["geometry"]) for item in drawn(html) if item.get("id") == "outside"]
    for inside in (square(0, 0, 0.002), square(3, 0, 0.002)):
        assert veil.intersection(inside).area < 0.02 * inside.area
    assert veil.contains(shapely.Point(WEST + 2.5 * STEP, SOUTH + STEP))  # between the two
    assert "Outside every sub-district" in html.split('id="legend"')[1]
    first, second = (next(i["properties"] for i in sites(html) if i["id"] == key) for key in ("r1", "r2"))
    assert "甲" in first["action"]
    assert "不在任何镇街范围内" in second["action"]
    assert "不在任何镇街范围内" not in page(layers={}, results={"opportunity": table})


def test_text_of_people_stays_text() -> None:
    hostile = opportunities(name=HOSTILE, next_step=HOSTILE, authority=HOSTILE, missing=HOSTILE)
    areas = frame("subdistrict", [square(0, 0, 0.02)], subdistrict_code="S1", name=HOSTILE)
    html = page(
        layers={"subdistrict": areas},
        results={"opportunity": hostile},
        title=HOSTILE,
        attributions=[HOSTILE],
        manifest={**MANIFEST, "notes": [HOSTILE], "run_id": HOSTILE},
    )
    seen = outline(html)
    assert not [tag for tag, attrs in seen.tags if tag == "img" or "onerror" in attrs]
    assert "alert(1)</script>" not in html
    assert "{{ 7 * 7 }}" in "".join(seen.words)  # shown as written, not computed
    assert all("<" not in item["properties"]["heading"] for item in sites(html))
    clean = outline(page()).tags
    assert [tag for tag, _ in seen.tags].count("script") == [tag for tag, _ in clean].count("script")


@given(st.text(max_size=60))
def test_escaped_text_reads_back_and_holds_no_markup(raw: str) -> None:
    safe = words.esc(raw)
    assert not set(safe) & set("<>\"'{}")
    assert safe.replace("&#123;", "{").replace("&#125;", "}") == escape(raw, quote=True)


def test_the_page_fetches_nothing() -> None:
    html = page()
    assert leaflet.fetches(html) == []
    assert "Content-Security-Policy" in html.split("<script>")[0]
    assert "data:image/png;base64," in html
    assert "sourceMappingURL" not in html


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="//cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="x.css">',
        '<img src="http://a.example/x.png">',
        '<iframe src="other.html"></iframe>',
        '<p style="background: url(http://a.example/x.png)">',
        '<style>@import "x.css";</style>',
        "<style>p { background: url('images/layers.png') }</style>",
        '<meta http-equiv="refresh" content="0;url=http://a.example">',
    ],
)
def test_the_guard_refuses_what_a_browser_would_fetch(markup: str) -> None:
    with pytest.raises(RuntimeError, match="not self-contained"):
        leaflet.require_standalone(f"<html><body>{markup}</body></html>")


def test_the_guard_allows_links_and_data() -> None:
    harmless = '<a href="https://a.example">a</a><img src="data:image/png;base64,AA=="><svg></svg>'
    assert leaflet.require_standalone(harmless) is None


def test_sample_data_is_marked_on_the_page_and_on_each_site() -> None:
    html = page(is_sample=True)
    assert "示例数据" in "".join(outline(html).words)
    assert all("示例数据" in item["properties"]["source"] for item in sites(html))
    real = page()
    assert "示例数据" not in "".join(outline(real).words)
    assert not any("示例数据" in item["properties"]["source"] for item in sites(real))


def test_what_is_not_drawn_is_said() -> None:
    table = opportunities()
    table.loc[4, "geometry"] = None
    html = page(results={"opportunity": table})
    assert len(sites(html)) == 27
    text = "".join(outline(html).words)
    assert "1 个机会尚未落图" in text
    assert "地块4" in text  # still in the list, without a link
    assert 'data-site="r5"' not in html


def test_a_run_without_opportunities_still_gives_a_page() -> None:
    html = page(results={"opportunity": schema.empty(schema.kind("opportunity"))}, layers={}, manifest={})
    assert sites(html) == []
    assert "本批次没有可排名的机会" in html


def test_same_input_same_page() -> None:
    assert page() == page()


def test_need_zones_and_exclusions_are_overlays() -> None:
    need = frame("need", [square(0, 0), square(1, 0)], night_gap_stalls=[320.0, None], name=["甲", "乙"])
    zone = frame("heritage_zone", [square(2, 0)], zone_type="protection")
    barred = frame("exclusion", [square(3, 0)], exclusion_id="x1", reason=HOSTILE, rule="r", action=None)
    html = page(
        layers={"heritage_zone": zone}, results={"opportunity": opportunities(), "need": need, "exclusion": barred}
    )
    looks = [item["properties"]["look"]["fillColor"] for item in drawn(html) if "gap" in item["properties"]]
    assert looks == [palette.GAP_RAMP[-1], "#ffffff"]  # above 300; not known
    assert [item for item in drawn(html) if "zone" in item["properties"]]
    assert all("<script" not in item["properties"]["reason"] for item in drawn(html) if "reason" in item["properties"])


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    arguments: dict[str, Any] = {
        "layers": {},
        "manifest": MANIFEST,
        "title": "区",
        "is_sample": False,
        "attributions": (),
    }
    out = tmp_path / "map.html"
    out.write_text("old", encoding="utf-8")
    with pytest.raises(NotFoundError, match="panhuo analyze"):
        write_map(out, results={}, **arguments)
    assert out.read_text(encoding="utf-8") == "old"
    assert write_map(out, results={"opportunity": opportunities()}, **arguments) == out
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    folder = tmp_path / "folder.html"
    folder.mkdir()
    for bad in (folder, tmp_path / "no such folder" / "map.html"):
        with pytest.raises(UsageError, match="cannot be written") as caught:
            write_map(bad, results={"opportunity": opportunities()}, **arguments)
        assert "无法写入" in str(caught.value.line_zh)
        assert "已有的" in str(caught.value.line_zh)
    folder.rmdir()
    with pytest.raises(UsageError, match=r"should end in \.html") as caught:
        write_map(tmp_path / "map.pdf", results={"opportunity": opportunities()}, **arguments)
    assert "后缀应为 .html" in str(caught.value.line_zh)
    assert [item.name for item in tmp_path.iterdir()] == ["map.html"]
