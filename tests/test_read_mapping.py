"""Columns told by their contents, and mappings that are saved and used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from reading_files import rules, write_csv, write_xlsx

from layers.errors import ReadError, UsageError
from layers.reading import read_file
from layers.reading.mapping import Mapping, load_mapping, mapping_of, save_mapping
from layers.schema import kind

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 12
PLACES = [(113.27101 + at / 997, 23.12101 + at / 991) for at in range(COUNT)]
HEADER = ["停车场名称", "泊位总数"]
BODY = [[f"甲{at}", str(20 + at)] for at in range(COUNT)]


def table(*columns: tuple[str, list[Any]]) -> list[list[Any]]:
    """Return a ledger of car parks with further columns."""
    head = [*HEADER, *(title for title, _ in columns)]
    return [head, *([*row, *(cells[at] for _, cells in columns)] for at, row in enumerate(BODY))]


def degrees(which: int) -> list[str]:
    """Return longitudes (0) or latitudes (1) as text."""
    return [f"{place[which]:.6f}" for place in PLACES]


def told(result: Any) -> list[str]:
    """Return what was said of columns known by their contents."""
    return [item.zh for item in result.report.warnings if "列名认不出" in item.zh]


@pytest.mark.parametrize(
    "columns",
    [
        [("备注2", [shapely.Point(place).wkt for place in PLACES])],
        [("几何信息", [f"SRID=4326;POINT({x} {y})" for x, y in PLACES])],
        [("F1", degrees(0)), ("F2", degrees(1))],
        [("", degrees(1)), ("", degrees(0))],
        [("jwd", [f"{x:.6f},{y:.6f}" for x, y in PLACES])],
    ],
)
def test_places_are_found_in_columns_without_a_telling_title(tmp_path: Path, columns: list[tuple[str, Any]]) -> None:
    result = read_file(write_csv(tmp_path / "a.csv", table(*columns)), "parking")
    assert result.report.unlocated == 0
    assert abs(result.frame.geometry.x.iloc[0] - PLACES[0][0]) < 1e-5
    assert len(told(result)) == len(columns)
    assert "100%" in told(result)[0]


def test_nine_in_ten_are_enough_and_eight_are_not(tmp_path: Path) -> None:
    wkt = [shapely.Point(place).wkt for place in PLACES]
    one = read_file(write_csv(tmp_path / "a.csv", table(("备注2", ["见图", *wkt[1:]]))), "parking")
    assert "92%" in told(one)[0]
    assert one.report.left_out == 1  # 见图 is no outline, and nothing else says where the record is
    two = read_file(write_csv(tmp_path / "b.csv", table(("备注2", ["见图", "见图", "见图", *wkt[3:]]))), "parking")
    assert told(two) == []
    assert two.report.unlocated == COUNT


def test_a_title_that_tells_comes_before_contents(tmp_path: Path) -> None:
    wkt = [shapely.Point(9, 9).wkt] * COUNT
    rows = table(("经度", degrees(0)), ("纬度", degrees(1)), ("F3", wkt), ("备注", wkt))
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert told(result) == []
    assert result.frame.geometry.x.min() > 113


@pytest.mark.parametrize(
    "columns",
    [
        [("F1", degrees(0)), ("F2", degrees(1)), ("F3", degrees(1))],  # which of the two?
        [("F1", [f"{x:.2f}" for x, _ in PLACES]), ("F2", [f"{y:.2f}" for _, y in PLACES])],  # prices, perhaps
        [("F1", degrees(0))],
        [("F1", [f"{80 + 4 * at}.12345" for at in range(COUNT)]), ("F2", degrees(1))],  # no city is so wide
    ],
)
def test_numbers_that_could_be_anything_are_left(tmp_path: Path, columns: list[tuple[str, Any]]) -> None:
    result = read_file(write_csv(tmp_path / "a.csv", table(*columns)), "parking")
    assert told(result) == []
    assert result.report.unlocated == COUNT
    assert result.frame["remark"].str.contains("F1: ").all()


def test_words_of_one_code_list_tell_their_field(tmp_path: Path) -> None:
    field = next(item for item in kind("idle_land").fields if item.name == "tenure")
    titles = [zh for code, (zh, _) in (field.codes or {}).items() if code != "unknown"]
    head = ["地块名称", "地址", "分类X"]
    rows = [head, *([f"甲{at}", f"{at}号", titles[at % 3]] for at in range(COUNT))]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert "“土地性质”的用语" in told(result)[0]
    assert result.frame["tenure"].notna().all()
    rows = [head, *([f"甲{at}", f"{at}号", titles[0]] for at in range(COUNT))]  # one word alone may be anything
    assert told(read_file(write_csv(tmp_path / "b.csv", rows), "idle_land")) == []


# mappings


def test_a_mapping_saves_what_was_settled_and_reads_the_next_ledger(tmp_path: Path) -> None:
    rows = table(("东", degrees(0)), ("北", degrees(1)), ("车位", ["3"] * COUNT))
    named = {"charger_stall_count": "车位", "lon": "东", "lat": "北"}
    path = write_xlsx(tmp_path / "9月.xlsx", {"台账": rows, "另": rows})
    first = read_file(f"{path}|layername=台账", "parking", columns=named, crs="GCJ-02")
    saved = mapping_of(first.report, columns=named, crs="GCJ-02", layer="台账")
    save_mapping(tmp_path / "车场.toml", saved)
    loaded = load_mapping(tmp_path / "车场.toml")
    expected = {"name": "停车场名称", "stall_count": "泊位总数", **named}
    assert dict(loaded.columns) == expected
    assert (loaded.kind, loaded.crs, loaded.encoding, loaded.layer) == ("parking", "GCJ-02", "auto", "台账")
    again = read_file(f"{path}|layername={loaded.layer}", loaded.kind, columns=loaded.columns, crs=loaded.crs)
    assert again.frame.drop(columns="source").equals(first.frame.drop(columns="source"))
    loaded.tell(again.report)
    assert "mapping_differs" not in rules(again.report)
    assert "停车场名称" in (tmp_path / "车场.toml").read_text("utf-8")


def test_new_and_missing_columns_are_said(tmp_path: Path) -> None:
    first = read_file(write_csv(tmp_path / "a.csv", table(("经度", degrees(0)), ("纬度", degrees(1)))), "parking")
    mapping = mapping_of(first.report, name="车场.toml")
    rows = table(("经度", degrees(0)), ("纬度", degrees(1)), ("收费", ["免费"] * COUNT))
    second = read_file(write_csv(tmp_path / "b.csv", rows), "parking", columns=mapping.columns)
    mapping.tell(second.report)
    assert [item.zh for item in second.report.warnings if item.rule == "mapping_differs"] == [
        "台账比对照表 车场.toml 多出列：收费"
    ]
    lacking = write_csv(tmp_path / "c.csv", table(("收费", ["免费"] * COUNT)))
    with pytest.raises(UsageError, match=r"no column '经度', '纬度'.*its columns are 停车场名称, 泊位总数, 收费"):
        read_file(lacking, "parking", columns=mapping.columns)
    assert [text.en for text in mapping.differences_of(["停车场名称", "泊位总数", "收费"])] == [
        "columns that 车场.toml does not know: 收费",
        "columns of 车场.toml that are not there: 经度、纬度",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("这不是 TOML", "is no mapping of columns"),
        ('kind = "parking"', "no mapping of columns that this version can read"),
        ('version = 1\nkind = "停机坪"', "no layer kind '停机坪'"),
        ('version = 1\nkind = "opportunity"', "is a result"),
        ('version = 1\nkind = "parking"\n[columns]\nstalls = "泊位"', "the field 'stalls', which parking has not"),
        ('version = 1\nkind = "parking"\n[columns]\nname = 3', "columns.name is not what"),
        ('version = 1\nkind = "parking"\ncolumns = 3', "columns is not what"),
        ('version = 1\nkind = "parking"\ncrs = 4326', "crs is not what"),
        ('version = 1\nkind = "parking"\n[header]\ntitles = [1]', "header.titles is not what"),
        ("version = 1\nkind = " + "[" * 5000, "is no mapping"),
    ],
)
def test_a_mapping_that_is_none_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((ReadError, UsageError), match=message) as caught:
        load_mapping(path)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    assert caught.value.line_zh


def test_a_mapping_that_an_editor_saved_in_gbk_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    text = 'version = 1\r\nkind = "parking"\r\n[columns]\r\nname = "停车场名称"  # 名称\r\n'
    for encoding in ("gb18030", "utf-8-sig"):
        path.write_bytes(text.encode(encoding))
        assert dict(load_mapping(path).columns) == {"name": "停车场名称"}
    with pytest.raises(ReadError, match="cannot be opened"):
        load_mapping(tmp_path / "无.toml")
    with pytest.raises(ReadError, match="cannot be written"):
        save_mapping(tmp_path / "无" / "a.toml", Mapping("parking"))


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


@given(
    columns=st.dictionaries(st.sampled_from([*kind("parking").columns, "lon", "geometry_wkt"]), TITLES, max_size=5),
    titles=st.lists(TITLES, max_size=5), crs=TITLES, layer=st.none() | TITLES,
)  # fmt: skip
def test_any_titles_come_back(
    tmp_path_factory: pytest.TempPathFactory, columns: dict[str, str], titles: list[str], crs: str, layer: str | None
) -> None:
    path = tmp_path_factory.mktemp("m") / "a.toml"
    saved = Mapping("parking", columns, crs, "gb18030", layer, tuple(titles), "a.toml")
    save_mapping(path, saved)
    loaded = load_mapping(path)
    assert loaded == Mapping("parking", loaded.columns, crs, "gb18030", layer, tuple(titles), "a.toml")
    assert dict(loaded.columns) == columns


def test_a_saved_mapping_gives_the_same_records_and_findings(tmp_path: Path) -> None:
    body = [
        [name, kind_, said, stalls, is_open, tariff, *place]
        for name, kind_, said, stalls, is_open, tariff, place in zip(
            [row[0] for row in BODY],
            ["立体停车库", "专用", "路内"] * 4,
            [f"第{at}批" for at in range(COUNT)],
            ["约60", "200+20", "35"] * 4,
            ["对内", "社会开放", "×"] * 4,
            ["5元/小时，封顶30元"] * COUNT,
            PLACES,
            strict=True,
        )
    ]
    titles = ["停车场名称", "停车场类型", "批次说明", "泊位总数", "是否对外", "收费标准", "经度", "纬度"]
    file = write_csv(tmp_path / "a.csv", [titles, *body])
    first = read_file(file, "parking", crs="GCJ-02")
    known = mapping_of(first.report, crs="GCJ-02")
    again = read_file(file, "parking", crs="GCJ-02", columns=dict(reversed(known.columns.items())))
    assert first.frame["remark"].tolist()[:2] == [
        "停车场类型: 立体停车库；批次说明: 第0批；泊位总数: 约60；是否对外: 对内；收费标准: 5元/小时，封顶30元",
        "停车场类型: 专用；批次说明: 第1批；泊位总数: 200+20；是否对外: 社会开放；收费标准: 5元/小时，封顶30元",
    ]
    assert_frame_equal(again.frame, first.frame)
    assert again.report.findings == first.report.findings
