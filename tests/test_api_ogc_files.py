"""``items`` as a file to keep: the same records, whose they are, and a name that a person can read."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import openpyxl
import pyogrio
import pytest
import shapely

from api import _ogc_files

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from api_city import Served

pytest_plugins = ["api_fixtures"]

ITEMS = "/ogc/collections/community/items"


def got(served: Served, form: str, **query: Any) -> httpx.Response:
    answer: httpx.Response = served.client.get(ITEMS, params={"f": form, **query}).raise_for_status()
    return answer


def ids_of(answer: httpx.Response, form: str, folder: Path) -> list[str]:
    """Return the asset ids of a file, read by another program's reader."""
    if form == "csv":
        return [row["asset_id"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]
    path = folder / f"file.{form}"
    path.write_bytes(answer.content)
    if form == "gpkg":
        return list(pyogrio.read_dataframe(path)["asset_id"])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    return [str(row[header.index("asset_id")]) for row in rows]


@pytest.mark.parametrize("form", list(_ogc_files.FILE_TYPES))
@pytest.mark.parametrize("query", [{}, {"condition_grade": "C", "sortby": "-floor_area_m2"}, {"limit": 7, "offset": 3}])
def test_a_file_holds_what_items_select(served_city: Served, form: str, query: dict[str, Any], tmp_path: Path) -> None:
    answer = got(served_city, form, **query)
    page = served_city.client.get(ITEMS, params={"limit": 1000, **query}).json()
    assert ids_of(answer, form, tmp_path) == [item["id"] for item in page["features"]]
    assert answer.headers["content-type"] == dict[str, str](_ogc_files.FILE_TYPES)[form]
    assert f"老旧小区.{form}" in unquote(answer.headers["content-disposition"])
    again = served_city.client.get(
        ITEMS, params={"f": form, **query}, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_a_geopackage_is_in_the_crs_asked_for_and_says_whose_it_is(served_city: Served, tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    path.write_bytes(got(served_city, "gpkg", crs="EPSG:4547").content)
    frame = pyogrio.read_dataframe(path)
    assert frame.crs.to_epsg() == 4547
    page = served_city.client.get(ITEMS, params={"limit": 100}).json()["features"]
    there = [item["geometry"] is not None for item in page]
    assert frame.geometry.notna().tolist() == there
    lonlat = frame.geometry.to_crs(4326)
    for one, item in zip(lonlat, page, strict=True):
        if item["geometry"] is not None:
            assert one.equals_exact(shapely.geometry.shape(item["geometry"]), 2e-7) or one.normalize().equals_exact(
                shapely.geometry.shape(item["geometry"]).normalize(), 2e-7
            )
    assert b"ODbL 1.0" in path.read_bytes()
    assert "© 虚构贡献者".encode() in path.read_bytes()


def test_only_the_columns_asked_for_stand_in_it(served_city: Served) -> None:
    header = got(served_city, "csv", properties="built_year").content.decode("utf-8-sig").splitlines()[0].split(",")
    assert {"asset_id", "built_year"} <= set(header)
    assert not {"name", "condition_grade"} & set(header)


def test_personal_columns_are_in_no_file(served_city: Served) -> None:
    for form in _ogc_files.FILE_TYPES:
        answer = served_city.client.get("/ogc/collections/report/items", params={"f": form}).raise_for_status()
        assert "虚构来电人".encode() not in answer.content


def test_a_table_without_places_is_a_file_too(served_city: Served) -> None:
    for form in _ogc_files.FILE_TYPES:
        assert served_city.client.get("/ogc/collections/service_item/items", params={"f": form}).status_code == 200


def test_too_many_for_one_file_are_refused(served_city: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ogc_files, "MOST_RECORDS", 39)
    answer = served_city.client.get(ITEMS, params={"f": "csv"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "panhuo export" in answer.json()["detail"] + answer.json().get("hint", "")
    assert got(served_city, "csv", limit=39).status_code == 200


@pytest.mark.parametrize("path", ["/ogc", "/ogc/collections", f"{ITEMS}/x", "/ogc/collections/community"])
def test_only_items_come_as_files(served_city: Served, path: str) -> None:
    assert served_city.client.get(path, params={"f": "csv"}).status_code in {400, 404}
    assert served_city.client.get(ITEMS, params={"f": "shp"}).status_code == 400
