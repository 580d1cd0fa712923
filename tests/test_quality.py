"""The account of an import: counts that add up, both languages, nothing personal, nothing that runs."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from layers.errors import CheckError
from layers.quality import ImportReport, QualityReport, Text, mask_personal, shorten


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
    assert any(line.startswith("parking: read 2 = kept 2") for line in whole.lines())


def test_lines_show_warnings_first_and_say_how_many_are_not_shown() -> None:
    made = report()
    for number in range(30):
        made.note("x", f"第{number}", f"number {number}", record=number)
    made.note("datum", "坐标系未声明", "no datum", action="warning")
    lines = made.lines(limit=3)
    assert lines[2] == "  ! 坐标系未声明 / no datum"
    assert lines[-1] == "  … and 28 more findings; see the report"
