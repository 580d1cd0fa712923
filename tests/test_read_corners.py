"""Lists of corner points as surveyors hand them over: named or not, below each other or side by side, closed or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reading_files import write_csv, write_xls, write_xlsx

from layers.errors import DatumError, PanhuoError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

J = [("2558124.254", "38425326.452"), ("2558132.986", "38425367.534"), ("2558168.689", "38425359.945"),
     ("2558159.956", "38425318.863")]  # fmt: skip
HOLE = [("2558135.000", "38425335.000"), ("2558135.000", "38425345.000"), ("2558145.000", "38425345.000"),
        ("2558145.000", "38425335.000")]  # fmt: skip
FAR = [("2557987.330", "38426135.045"), ("2557978.980", "38426194.461"), ("2557998.785", "38426197.244"),
       ("2558007.136", "38426137.828")]  # fmt: skip
CRS_ROW = ["坐标系：2000国家大地坐标系（3度带，带号38）"]


def corners(
    places: list[tuple[str, str]], *, first: int = 1, closed: bool = True, prefix: str = "J"
) -> list[list[str]]:
    """Return rows of point number, X and Y."""
    rows = [[f"{prefix}{first + at}", *place] for at, place in enumerate(places)]
    return [*rows, rows[0]] if closed else rows


def areas(result: Any) -> list[float]:
    """Return areas in the zone of the list."""
    return [round(value, 1) for value in result.frame.to_crs("EPSG:4526").area]


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_a_list_without_names_in_either_order_of_columns(tmp_path: Path, *, closed: bool, turned: bool) -> None:
    body = [*corners(J, closed=closed), *corners(FAR, closed=closed)]
    rows = [CRS_ROW, ["点号", "X坐标", "Y坐标"], *([n, y, x] if turned else [n, x, y] for n, x, y in body)]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert areas(result) == [1533.0, 1200.0]
    assert ("X is the easting" in result.report.facts["corners"].en) == turned


def test_rings_inside_are_holes_and_others_parts(tmp_path: Path) -> None:
    header = ["点号", "X(北)", "Y(东)"]
    unnamed = [CRS_ROW, header, *corners(J), *corners(HOLE, first=5)]
    assert areas(read_file(write_csv(tmp_path / "a.csv", unnamed), "idle_land")) == [1433.0]
    named = [CRS_ROW, ["宗地号", *header], *(["A", *row] for row in [*corners(J), *corners(HOLE), *corners(FAR)])]
    result = read_file(write_csv(tmp_path / "b.csv", named), "idle_land")
    assert areas(result) == [2633.0]
    assert result.frame.geometry.iloc[0].geom_type == "MultiPolygon"
    rings = [["地块编号", "圈号", *header], *(["A", ring, *row] for ring, rows in (("1", corners(J, closed=False)),
             ("2", corners(HOLE, closed=False))) for row in rows)]  # fmt: skip
    assert areas(read_file(write_csv(tmp_path / "c.csv", [CRS_ROW, *rings]), "idle_land")) == [1433.0]


def test_lists_side_by_side(tmp_path: Path) -> None:
    one, other = corners(J), corners(FAR)
    rows = [["宗地号：甲", "", "", "", "宗地号：乙"], ["点号", "X", "Y", "", "点号", "X", "Y"],
            *([*left, "", *right] for left, right in zip(one, other, strict=True))]  # fmt: skip
    result = read_file(write_csv(tmp_path / "a.csv", [CRS_ROW, *rows]), "idle_land")
    assert areas(result) == [1533.0, 1200.0]
    assert result.frame["source_id"].tolist() == ["甲", "乙"]
    continued = [[*left, "", *right] for left, right in zip(one[:2], one[2:4], strict=True)] + [
        ["", "", "", "", *one[4]]
    ]
    result = read_file(write_csv(tmp_path / "b.csv", [CRS_ROW, rows[1], *continued]), "idle_land")
    assert areas(result) == [1533.0]


def test_two_row_headers_edges_between_corners_and_names_between_lists(tmp_path: Path) -> None:
    def block(name: str, places: list[tuple[str, str]], lengths: list[str]) -> list[list[str]]:
        rows = [[f"地块名称：{name}", "", "", ""]]
        for row, length in zip(corners(places), [*lengths, ""], strict=True):
            rows += [[*row, ""], ["", "", "", length]] if length else [[*row, ""]]
        return rows

    header = [["界址点号", "坐标（米）", "", "边长"], ["", "X", "Y", ""]]
    rows = [CRS_ROW, *header, *block("青砖里", J, ["42.00", "36.50", "42.00", "36.50"]), *header,
            *block("水磨坊", FAR, ["60.00", "20.00", "61.00", "20.00"])]  # fmt: skip
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert areas(result) == [1533.0, 1200.0]
    assert result.frame["name"].tolist() == ["青砖里", "水磨坊"]
    said = [item.zh for item in result.report.warnings if "边长" in item.zh]
    assert len(said) == 1
    assert "水磨坊" in said[0]
    assert "写 61.00 米，按坐标为 60.00 米" in said[0]


def test_areas_and_closures_that_do_not_fit_are_said(tmp_path: Path) -> None:
    wrong = corners(J)
    wrong[-1] = ["J1", "2558124.604", "38425326.452"]
    rows = [CRS_ROW, ["宗地号", "点号", "X", "Y"], *(["A", *row] for row in wrong), ["", "面积：2.4亩"]]
    said = [item.zh for item in read_file(write_csv(tmp_path / "a.csv", rows), "idle_land").report.warnings]
    assert any("面积写 1600.00 平方米，按界址点计算为 1533.00 平方米" in text for text in said)
    assert any("J1 与首点相差 0.350" in text for text in said)
    good = [CRS_ROW, ["宗地号", "点号", "X", "Y"], *(["A", *row] for row in corners(J)), ["", "面积：2.300亩"]]
    said = [item.zh for item in read_file(write_csv(tmp_path / "b.csv", good), "idle_land").report.warnings]
    assert not any("面积" in text for text in said)


def test_a_corner_that_cannot_be_read_leaves_its_parcel_out(tmp_path: Path) -> None:
    rows = [
        CRS_ROW,
        ["宗地号", "点号", "X", "Y"],
        *(["A", *row] for row in corners(J)),
        *(["B", *row] for row in corners(FAR)),
    ]
    rows[4][2] = "25581?2.9"
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert (result.report.read, result.report.kept, result.report.left_out) == (2, 1, 1)
    assert any("A 第 5 行" in item.zh and "坐标读不出" in item.zh for item in result.report.warnings)


def test_corners_in_degrees_and_in_a_grid_of_their_own(tmp_path: Path) -> None:
    places = [("113°16′15.6″", "23°07′15.6″"), ("113.2714", "23.1211"), ("113.2713", "23.1214")]
    rows = [["点号", "经度", "纬度"], *corners(places)]
    shape = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land").frame.geometry.iloc[0]
    assert shape.exterior.coords[0] == pytest.approx((113.271, 23.121))
    local = [
        ["点号", "X", "Y"],
        *corners([("30100", "41200"), ("30140", "41200"), ("30140", "41230"), ("30100", "41230")]),
    ]
    with pytest.raises(DatumError, match="--crs"):
        read_file(write_csv(tmp_path / "b.csv", local), "idle_land")


def test_sheets_of_corners_in_workbooks(tmp_path: Path) -> None:
    header = ["宗地号", "点号", "X", "Y"]
    sheets = {
        name: [CRS_ROW, header, *([name, *row] for row in corners(places))] for name, places in (("甲", J), ("乙", FAR))
    }
    for path in (write_xlsx(tmp_path / "a.xlsx", sheets), write_xls(tmp_path / "b.xls", sheets)):
        result = read_file(path, "idle_land")
        assert areas(result) == [1533.0, 1200.0]
        assert result.frame["source_id"].tolist() == ["甲", "乙"]


def test_the_text_format_of_land_filings(tmp_path: Path) -> None:
    said = [
        "[属性描述]",
        "格式版本号=1.01版本",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
    ]
    head = "\n".join([*said, "带号=38", "精度=0.001", "[地块坐标]", ""])
    first = "9,0.1433,RQ-1,青砖里地块,面,F49,储备,0701,@\n"
    body = [f"{row[0]},1,{row[1]},{row[2]}" for row in corners(J)] + [
        f"{row[0]},2,{row[1]},{row[2]}" for row in corners(HOLE, first=5)
    ]
    second = "5,0.1200,RQ-2,水磨地块,面,F49,储备,0701,@\n"
    text = (
        head + first + "\n".join(body) + "\n" + second + "\n".join(",".join([r[0], "1", *r[1:]]) for r in corners(FAR))
    )
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("gb18030"))
    result = read_file(path, "idle_land")
    assert areas(result) == [1433.0, 1200.0]
    assert result.frame["name"].tolist() == ["青砖里地块", "水磨地块"]
    assert result.frame["source_id"].tolist() == ["RQ-1", "RQ-2"]
    assert result.frame["area_m2"].tolist() == [1433, 1200]


def test_a_plain_table_with_point_numbers_stays_a_table(tmp_path: Path) -> None:
    places = [("113.27101", "23.12101"), ("113.28202", "23.12402"), ("113.29", "23.13"), ("113.271", "23.14")]
    body = [
        [str(at), f"{name}停车场", "35", *place]
        for at, (name, place) in enumerate(zip("甲乙丙丁", places, strict=True))
    ]
    rows = [["点号", "停车场名称", "泊位总数", "经度", "纬度"], *body]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert result.frame["name"].tolist() == ["甲停车场", "乙停车场", "丙停车场", "丁停车场"]
    assert set(result.frame.geom_type) == {"Point"}


@pytest.mark.parametrize(
    ("line", "area_m2"),
    [
        ("宗地面积：5,2xx.00平方米", None),
        ("面积：xx00平方米", None),
        ("面积：5,2平方米", None),  # neither 52 nor 5.2
        ("面积(m2)：1533", 1533),
        ("宗地面积：1,533.00平方米", 1533),
        ("面积：2.2995亩", 1533),
        ("面积1533 ，周长160", 1533),
        ("共1533平方米", 1533),
    ],
)
def test_an_area_is_read_whole_or_not_at_all(tmp_path: Path, line: str, area_m2: float | None) -> None:
    rows = [CRS_ROW, ["点号", "X坐标", "Y坐标"], *corners(J), [line]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    found = result.frame["area_m2"].tolist()
    assert found == [pytest.approx(area_m2)] if area_m2 else result.frame["area_m2"].isna().all()
    told = [(item.zh, item.action) for item in result.report.findings if item.field == "area_m2"]
    assert told == ([] if area_m2 else [("不是可读的数值，已置空", "nulled")])
    if area_m2 is None:
        assert "面积（平方米）: " in result.frame["remark"].iloc[0]


@pytest.mark.parametrize("title", ["宗地名称", "地块名称", "宗地名"])
def test_the_name_above_the_header_is_the_parcels(tmp_path: Path, title: str) -> None:
    above = [f"{title}：红星五金厂旧址　坐标系：CGCS2000 3度带 带号38　坐落：红星街2号"]
    rows = [["界址点成果表"], above, ["点号", "X（m）", "Y（m）"], *corners(J)]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land").frame
    assert frame[["name", "address"]].to_numpy().tolist() == [["红星五金厂旧址", "红星街2号"]]


TITLES = ["序号", "点号", "X坐标(m)", "Y坐标(m)", "边长(m)", "备注"]
PARCELS = [
    ("440104001001GB00001", "区土地开发中心", "1533.00", J),
    ("440104001001GB00002", "区国资公司", "1200.00", FAR),
    ("440104001001GB00003", "某街道办事处", "100.00", [(x, y.replace("38425", "38427")) for x, y in HOLE]),
]  # fmt: skip


def titled(*, in_cells: bool, area_first: bool = False) -> list[list[Any]]:
    """Return parcels one below the other, each with its own titles, header and point numbers from J1."""
    rows: list[list[Any]] = []
    for code, owner, area, places in PARCELS:
        if in_cells:
            said = [["宗地代码", code, "权利人", owner], ["宗地面积(平方米)", area]]
        else:
            said = [[f"宗地代码：{code}"], [f"权利人：{owner}"], [f"宗地面积：{area}平方米"]]
        said = said[::-1] if area_first else said
        points = [[number, *row, ""] for number, row in enumerate(corners(places), start=1)]
        rows += [["界址点成果表"], *said, TITLES, *points, ["第1页 共3页"], []]
    return [*rows, ["", "", "", "", "", "坐标系：2000国家大地坐标系，3度带，带号38"]]


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_xls])
@pytest.mark.parametrize("area_first", [True, False])
@pytest.mark.parametrize("in_cells", [True, False])
def test_parcels_below_each_other_under_their_own_titles(
    tmp_path: Path, write: Any, *, in_cells: bool, area_first: bool
) -> None:
    rows = titled(in_cells=in_cells, area_first=area_first)
    path = tmp_path / f"a.{write.__name__[6:]}"
    result = read_file(write(path, rows if write is write_csv else {"成果": rows}), "idle_land")
    assert areas(result) == [1533.0, 1200.0, 100.0]
    assert result.frame["source_id"].tolist() == [code for code, *_ in PARCELS]
    assert result.frame["owner"].tolist() == [owner for _, owner, *_ in PARCELS]
    assert result.frame["area_m2"].tolist() == [1533.0, 1200.0, 100.0]
    assert result.frame["remark"].isna().all()
    assert not [item.zh for item in result.report.warnings if "面积" in item.zh]
    assert "EPSG:4526" in result.crs_found


def test_an_area_below_a_parcel_is_its_own_and_the_area_of_all_is_nobodys(tmp_path: Path) -> None:
    rows = [CRS_ROW, ["用地总面积：9999平方米"], ["宗地号：甲"], ["点号", "X", "Y"], *corners(J),
            ["面积：1533.00平方米"], ["宗地号：乙"], *corners(FAR), ["面积：1200.00平方米"]]  # fmt: skip
    result = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")
    assert result.frame["source_id"].tolist() == ["甲", "乙"]
    assert result.frame["area_m2"].tolist() == [1533.0, 1200.0]


@pytest.mark.parametrize(
    "above", [["宗地代码", "", "权利人", "甲中心"], ["宗地代码：", "权利人：甲中心"], ["宗地代码： 权利人：甲中心"],
              ["权利人", "甲中心", "宗地代码", "", "宗地面积(平方米)", "1533"],
              ["宗地代码", "", "联系电话", "", "权利人", "甲中心"]],
)  # fmt: skip
def test_a_title_left_blank_does_not_take_the_next_title_for_its_value(tmp_path: Path, above: list[str]) -> None:
    rows = [CRS_ROW, above, ["点号", "X", "Y"], *corners(J)]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land").frame
    assert frame["owner"].tolist() == ["甲中心"]
    assert frame["source_id"].isna().all()


@pytest.mark.parametrize("kind", ["idle_land", "charging"])
def test_a_list_in_another_form_is_told_which_forms_are_read(tmp_path: Path, kind: str) -> None:
    rows = [["点号", "X坐标(m)", "高程"], *([name, x, 3] for name, x, _ in corners(J, closed=False))]
    with pytest.raises(PanhuoError) as caught:
        read_file(write_csv(tmp_path / "a.csv", rows), kind)
    assert "界址点成果表" in caught.value.zh
    for told in ("[地块坐标]", "点号、X坐标、Y坐标", "宗地代码"):
        assert told in caught.value.hint_zh
