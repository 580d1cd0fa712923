"""The account of an import: counts that add up, both languages, nothing personal, nothing that runs."""

from __future__ import annotations

import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from layers._quality_html import _FACT_TITLES
from layers._runs import Runs
from layers._sketch import sketch, with_derived
from layers._sketch_svg import figure
from layers.errors import CheckError
from layers.quality import ImportReport, QualityReport, Text, mask_personal, shorten
from layers.trusted import Trusted


def report() -> QualityReport:
    """Return five records read: three kept, one merged, one left out."""
    made = QualityReport("parking", "车场.csv", read=5, kept=3, licence="ODbL", notice="示例数据")
    made.merge(4, 1, "编号相同", "the same id")
    made.leave_out(5, "合计行", "a row of totals", value="合计")
    return made


def test_counts_add_up_and_a_lost_record_is_noticed() -> None:
    made = report()
    assert (made.merged, made.left_out) == (1, 1)
    made.check_counts()
    for wrong in (2, 4):
        made.kept = wrong
        with pytest.raises(CheckError, match="do not add up"):
            made.check_counts()


def test_counts_without_records_add_up_by_reason() -> None:
    made = QualityReport("street", "a.pbf", read=10, kept=3)
    made.leave_out(None, "不可步行", "not walkable", count=4)
    made.leave_out(None, "不可步行", "not walkable", count=3)
    made.leave_out(None, "无", "none", count=0)
    made.check_counts()
    assert made.left_out_reasons == {Text("不可步行", "not walkable"): 7}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("李工13900001234", "李工[电话已隐去]"),
        ("王女士138XXXX0000，再来电", "王女士[电话已隐去]，再来电"),
        ("020-8XXX0000", "[电话已隐去]"),
        ("02083334444", "[电话已隐去]"),
        ("来电020 8333 4445催办", "来电[电话已隐去]催办"),
        ("１３９００００１２３４", "[电话已隐去]"),
        ("泊位0201个，编号2020833344", "泊位0201个，编号2020833344"),
        ("身份证440103199001011234", "身份证[证件号已隐去]"),
        ("面积13900.1234平方米", "面积13900.1234平方米"),
        ("合同2026-13900001234号", "合同2026-[电话已隐去]号"),
        ("编号YBS20260905-0007", "编号YBS20260905-0007"),
    ],
)
def test_telephones_and_identity_numbers_are_masked_and_other_numbers_are_not(text: str, masked: str) -> None:
    assert mask_personal(text) == masked


def test_values_of_findings_are_one_masked_short_line() -> None:
    assert shorten("a\nb  c") == "a b c"
    assert shorten(float("nan")) is None
    assert len(shorten("字" * 1000) or "") == 200
    made = QualityReport("report", "a.csv")
    made.note("x", "电话13900001234", "call 13900001234", value="13900001234")
    assert "13900001234" not in json.dumps(made.to_dict(), ensure_ascii=False)


class Page(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe") or any(name in ("src", "href") for name, _ in attrs):
            self.loads.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_page_is_offline_escaped_bilingual_and_names_every_record() -> None:
    made = report()
    made.note("code", "<script>alert(1)</script>", "<b>bold</b>", record=2, field="a&b", value="<img src=x>")
    made.note("range", "估数", "not exact", record=3, field="stall_count")
    page = Page()
    page.feed(made.to_html())
    text = "".join(page.text)
    assert page.loads == []
    assert "<script>alert(1)</script>" in text
    for said in (
        "5 = 3 + 1 + 1",
        "合计行",
        "a row of totals",
        "ODbL",
        "示例数据",
        "停车场",
        "Parking",
        "<img src=x>",
        "泊位总数 stall_count",
    ):
        assert said in text
    assert "http" not in made.to_html()


def test_several_kinds_of_one_file_stand_on_one_page_and_are_checked_together() -> None:
    whole = ImportReport("a.osm.pbf", notes=[Text("全部", "all of it")])
    whole["parking"].read = whole["parking"].kept = 2
    whole["charging"].read = 1
    assert whole["parking"] is whole.reports[0]
    with pytest.raises(CheckError, match="charging"):
        whole.check_counts()
    assert "停车场" in whole.to_html()
    assert "充电站" in whole.to_html()
    assert any(line.startswith("parking: 读取 2 = 保留 2 ") for line in whole.lines())


def test_lines_show_warnings_first_and_say_how_many_are_not_shown() -> None:
    made = report()
    for number in range(30):
        made.note("x", f"第{number}", f"number {number}", record=number)
    made.note("datum", "坐标系未声明", "no datum", action="warning")
    lines = made.lines(limit=3)
    assert lines[2] == "  ! 坐标系未声明 / no datum"
    assert lines[-1] == "  … 另有 28 条说明，见质检报告 / and 28 more findings; see the report"


def test_lines_name_the_row_of_a_sheet_and_show_lost_places_with_the_warnings() -> None:
    made = QualityReport("parking", "a.xlsx", rows=[4, 5, 9])
    made.note("x", "估数", "not exact", record=2, field="stall_count", value="约300")
    made.note("far_away", "很远", "far", record=3, field="geometry", value="11.2, 3.4", action="unlocated")
    made.note("maybe_duplicate", "疑似重复", "maybe twice", record=1, action="warning")
    made.note("y", "另一条", "another", record=7)
    made.merge(3, 1, "编号相同", "the same id")
    assert made.lines()[1:] == [
        "  ! 第 4 行：疑似重复 / row 4: maybe twice",
        "  ! 第 9 行 图形 [11.2, 3.4]：很远 / row 9 geometry [11.2, 3.4]: far",
        "  第 5 行 泊位总数 [约300]：估数 / row 5 stall_count [约300]: not exact",
        "  第 7 条：另一条 / record 7: another",
        "  第 9 行：与第 4 行合并，编号相同 / row 9: merged into row 4: the same id",
    ]
    written = [(item["records"], item["rows"]) for item in made.to_dict()["findings"]]
    assert written[:2] == [([[2, 2]], [[5, 5]]), ([[3, 3]], [[9, 9]])]
    assert "第 9 行" in made.to_html()
    assert "row 9" in made.to_html()
    assert "第 4 条" in report().to_html()  # a file without rows


def test_a_million_records_with_one_remark_are_one_finding_and_none_is_lost() -> None:
    made = QualityReport("report", "a.csv", read=1_000_000, kept=1_000_000, rows=np.arange(3, 1_000_003))
    odd = np.arange(1, 1_000_001, 2)
    made.note_each(
        "code_read_as", "读作“甲”", "read as 'a'", np.arange(1, 1_000_001), field="event_class", value="甲类"
    )
    made.note_each("range", "超出范围", "outside", odd[:3], field="deadline_h", values=["1e9", "2e9", "1e9"])
    (whole, first, second) = made.findings
    assert (len(whole.records), whole.record, whole.row) == (1_000_000, 1, 3)
    assert whole.to_dict()["records"] == [[1, 1_000_000]]
    assert whole.to_dict()["rows"] == [[3, 1_000_002]]
    assert [(item.value, list(item.records), list(item.rows)) for item in (first, second)] == [
        ("1e9", [1, 5], [3, 7]),
        ("2e9", [3], [5]),
    ]
    assert "第 3-1000002 行（1000000 条）" in made.to_html()
    assert len(json.dumps(made.to_dict(), ensure_ascii=False)) < 2_000
    made.note_each("code_read_as", "读作“甲”", "read as 'a'", odd, field="event_class", value="甲类")
    assert len(made.findings) == 3


@given(st.lists(st.integers(1, 60)), st.lists(st.integers(1, 60)))
def test_runs_are_the_set_of_their_numbers(numbers: list[int], others: list[int]) -> None:
    runs = Runs.of(numbers)
    wanted = sorted(set(numbers))
    assert list(runs) == wanted
    assert len(runs) == len(wanted)
    assert bool(runs) == bool(wanted)
    assert runs.first == (wanted[0] if wanted else None)
    expanded = [number for first, last in runs.pairs() for number in range(first, last + 1)]
    assert expanded == wanted
    assert all(second[0] > first[1] + 1 for first, second in itertools.pairwise(runs.pairs()))
    assert (runs == Runs.of(others)) == (set(numbers) == set(others))
    assert len({runs, Runs.of(wanted[::-1])}) == 1


def test_runs_are_written_short_and_cut_only_where_asked() -> None:
    runs = Runs.of([9, 1, 2, 3, 12])
    assert runs.text() == "1-3, 9, 12"
    assert runs.text("、", most=2) == "1-3、9、…"


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from("ab"), st.sampled_from(["x", "y", None])), max_size=40))
def test_findings_said_one_by_one_or_all_at_once_are_the_same(said: list[tuple[int, str, str | None]]) -> None:
    single, together = QualityReport("report", "a.csv"), QualityReport("report", "a.csv")
    for record, rule, value in said:
        single.note(rule, "某", "some", record=record, value=value)
    for rule in "ab":
        chosen = [(record, value) for record, name, value in said if name == rule]
        numbers = np.array([record for record, _ in chosen], dtype=np.int64)
        together.note_each(rule, "某", "some", numbers, values=[value for _, value in chosen])
    assert {(item.rule, item.value, item.records) for item in single.findings} == {
        (item.rule, item.value, item.records) for item in together.findings
    }


def test_a_page_of_ten_thousand_different_findings_stays_small_and_says_how_many_it_does_not_show() -> None:
    made = QualityReport("parking", "a.csv", read=10_000, kept=10_000)
    for number in range(10_000):
        made.note("far", f"第{number}处", f"place {number}", record=number + 1, value=f"值{number}", action="warning")
    page = made.to_html()
    assert len(page.encode()) < 3_000_000
    assert "另有 6,000 项" in page
    assert "第 101 至 200 项" in page
    assert len(made.to_dict()["findings"]) == 10_000


def test_the_drawing_is_small_whatever_the_layer_and_shows_both_places() -> None:
    draw = np.random.default_rng(3)
    lonlat = np.column_stack([113 + draw.random(200_000) / 5, 23 + draw.random(200_000) / 5])
    lonlat[7] = (120.0, 30.0)
    drawn = sketch(shapely.points(lonlat), Trusted().areas, written=lonlat + 0.005)
    assert drawn is not None
    assert (drawn.accepted_count, list(drawn.beyond)) == (199_999, [8])
    assert drawn.moved_count == 199_999
    page = figure(drawn)
    assert len(page) < 500_000
    assert "原文件所写的位置" in page
    assert sketch(np.array([None, None], dtype=object), Trusted().areas) is None


def test_marks_stand_where_the_places_are_and_the_scale_is_true() -> None:
    west, east = shapely.Point(113.0, 23.0), shapely.Point(113.1, 23.0)
    drawn = sketch(np.array([west, east, shapely.box(113.02, 22.99, 113.04, 23.01)]), Trusted().areas)
    assert drawn is not None
    xs = sorted(drawn.dots[:, 0].tolist())
    true_m = Geod(ellps="GRS80").inv(113.0, 23.0, 113.1, 23.0)[2]
    assert (xs[1] - xs[0]) * drawn.metres_per_unit == pytest.approx(true_m, rel=0.01)
    assert len(drawn.shapes) == 1


def said_of(*reports: QualityReport, totals: dict[str, int] | None = None) -> str:
    html = ImportReport("台账.xlsx", list(reports), totals=totals or {}).to_html()
    assert re.search(r"台账\.xlsx · \d{4}-\d\d-\d\d<", html)
    return re.sub(r"<[^>]+>", "", html)


def test_places_that_were_derived_are_drawn_as_such_with_or_without_others() -> None:
    given, derived = shapely.points([[113.25, 23.13], [113.27, 23.15]]), shapely.points([[113.26, 23.14]])
    both = with_derived(sketch(given, Trusted().areas), derived, Trusted().areas)
    assert both is not None
    assert (both.accepted_count, both.derived_count) == (2, 1)
    assert np.allclose(both.derived[0], both.dots.mean(axis=0), atol=2)  # in the middle of the two
    alone = with_derived(None, derived, Trusted().areas)
    assert alone is not None
    assert (alone.accepted_count, alone.derived_count, len(alone.dots)) == (0, 1, 0)
    assert "按地址、编码或小区落图" in figure(alone)
    assert "收下的位置" not in figure(alone)
    assert with_derived(None, np.array([], dtype=object), Trusted().areas) is None


def test_the_headline_counts_everything_that_is_not_as_it_was_given() -> None:
    assert "没有需要核对的疑点" in said_of(QualityReport("parking", "台账.xlsx", read=2, kept=2))
    made = QualityReport("parking", "台账.xlsx", read=9, kept=8, unlocated=3)
    made.leave_out(9, "合计行", "a row of totals")
    made.note_each("range", "超出范围", "out of range", np.array([1, 2]), field="stall_count", action="nulled")
    made.note("odd", "奇怪", "odd", record=4, action="warning")
    made.note("odd", "整个", "whole", action="warning")
    said = said_of(made, totals={"parking": 1208})
    assert "1 条有疑点，请核对；2 个值已置空；1 条未收；3 条待落图；整个文件有 1 点要留意" in said
    assert "1 record in doubt: check; 2 values set to null; 1 record left out; 3 records not yet placed" in said
    assert "没有需要核对的疑点" not in said
    assert "导入后图层共 1,208 条" in said


def test_layers_of_one_file_say_once_whose_data_it_is_and_empty_ones_take_a_line() -> None:
    credit = {"attribution": "© 某某贡献者", "licence": "ODbL 1.0"}
    full = QualityReport("parking", "台账.xlsx", read=2, kept=2, **credit)
    bare = [QualityReport(kind, "台账.xlsx", **credit) for kind in ("charging", "heritage")]
    said = said_of(full, *bare)
    assert said.count("© 某某贡献者") == said.count("ODbL 1.0") == 1
    assert "文件里没有以下图层的记录" in said
    assert said.count("读入") == 1
    assert said_of(bare[0]).count("读入") == 1  # alone it has its section


def test_every_fact_about_a_file_has_a_title() -> None:
    root = Path(__file__).parents[1]
    code = [path.read_text(encoding="utf-8") for room in ("layers", "api") for path in (root / room).rglob("*.py")]
    names = {name for text in code for name in re.findall(r'facts\["([a-z_]+)"\] =', text)}
    assert len(names) > 12
    assert names <= set(_FACT_TITLES)
