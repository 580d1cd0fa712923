"""Files as people have them: damaged, renamed, without a header; and what every frame says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from osm_files import Drawing, lonlat, square

from layers import schema
from layers.errors import ReadError
from layers.osm import KINDS, OSM_ATTRIBUTION, OSM_LICENCE, read_osm

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def drawing() -> Drawing:
    """Return a little of everything."""
    result = Drawing()
    result.node((100, 100), amenity="parking", name="一号停车场")
    result.node((110, 100), amenity="charging_station", bicycle="yes")
    result.node((120, 100), historic="memorial")
    result.node((130, 100), disused__shop="yes")
    result.node((140, 100), abandoned__kiosk="yes")
    result.node((150, 100), amenity="clinic")
    result.way(square(200, 100), building="apartments")
    result.way(square(230, 100), building="apartments")
    result.way(square(300, 100), leisure="park")
    result.way(square(400, 100), natural="water")
    result.way([(0, 0), (500, 0)], highway="residential", name="大塘街")
    return result


def test_every_frame_is_of_its_kind_and_says_where_it_came_from(drawing: Drawing, tmp_path: Path) -> None:
    result = read_osm(drawing.write(tmp_path / "city.osm.pbf"))
    assert tuple(result.frames) == KINDS
    for kind, frame in result.frames.items():
        assert tuple(frame.columns) == (*schema.kind(kind).columns, "geometry")
        assert frame.crs == schema.STORAGE_CRS
        assert len(frame) > 0, kind
        assert set(frame["source"]) == {"OpenStreetMap"}
        assert set(frame["data_date"]) == {pd.Timestamp("2024-05-06")}
        assert frame["is_sample"].to_list() == [False] * len(frame)
        assert frame["source_id"].is_unique
        assert frame["asset_id"].isna().all()
        assert frame["subdistrict_code"].notna().all()
        assert result.report[kind].licence == OSM_LICENCE
        assert result.report[kind].attribution == OSM_ATTRIBUTION
    assert result.extent == pytest.approx((*lonlat((0, 0)), *lonlat((2_000, 2_000))))


def test_same_file_gives_the_same_frames(drawing: Drawing, tmp_path: Path) -> None:
    path = drawing.write(tmp_path / "city.osm.pbf")
    one, other = read_osm(path), read_osm(path)
    for kind in KINDS:
        pd.testing.assert_frame_equal(
            pd.DataFrame(one.frames[kind].to_wkb()), pd.DataFrame(other.frames[kind].to_wkb())
        )
    assert one.report.to_dict() == other.report.to_dict()


@pytest.mark.parametrize("format_", ["pbf,pbf_compression=none", "pbf,pbf_compression=lz4", "xml", "opl"])
def test_format_does_not_matter(format_: str, drawing: Drawing, tmp_path: Path) -> None:
    plain = read_osm(drawing.write(tmp_path / "city.osm.pbf"))
    suffix = {"xml": ".osm", "opl": ".opl"}.get(format_, ".osm.pbf")
    other = read_osm(drawing.write(tmp_path / f"other{suffix}", format_=format_))
    assert {kind: len(frame) for kind, frame in other.frames.items()} == {
        kind: len(frame) for kind, frame in plain.frames.items()
    }
    # Keys of what is out of use are found before the objects are: both the place and the old detail are read.
    assert (other.report["idle_land"].read, other.report["idle_land"].kept) == (2, 1)


def test_uploaded_file_needs_no_suffix(drawing: Drawing, tmp_path: Path) -> None:
    path = drawing.write(tmp_path / "city.osm.pbf").rename(tmp_path / "upload-7f3a")
    assert len(read_osm(path).frames["parking"]) == 1


def test_without_box_the_data_is_the_extent(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.node((100, 100), amenity="parking")
    drawing.way([(0, 0), (300, 200)], highway="residential")
    result = read_osm(drawing.write(tmp_path / "city.osm.pbf", has_box=False, dated=""))
    assert result.extent == pytest.approx((*lonlat((0, 0)), *lonlat((300, 200))), abs=2e-7)
    assert result.frames["parking"]["data_date"].isna().all()
    assert any("no box" in note.en for note in result.report.notes)


def test_one_point_is_enough(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.node((100, 100), amenity="parking")
    assert len(read_osm(drawing.write(tmp_path / "city.osm.pbf", has_box=False)).frames["parking"]) == 1


def test_object_that_comes_twice_is_taken_once(tmp_path: Path) -> None:
    drawing = Drawing()
    node = drawing.node((100, 100), amenity="parking")
    drawing.places[101, 100] = drawing.places[100, 100]
    result = read_osm(drawing.write(tmp_path / "city.osm.pbf"))
    assert list(result.frames["parking"]["source_id"]) == [node]
    assert result.report["parking"].left_out == 1


def test_progress_is_told_and_never_falls(drawing: Drawing, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    read_osm(drawing.write(tmp_path / "city.osm.pbf"), progress=lambda stage, share: told.append((stage, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], told[-1]) == (0.0, ("done", 1.0))
    assert len({stage for stage, _ in told}) > 5


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"hello, this is no map" * 20, "cannot be read"),
        (bytes(5_000), "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, "cannot be read"),
    ],
)
def test_what_is_no_map_is_refused_in_one_line(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "city.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        read_osm(path)
    text = str(caught.value)
    assert says in text
    assert str(path) in text
    assert "\n" not in text
    assert caught.value.hint


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_cut_file_is_refused(share: float, drawing: Drawing, tmp_path: Path) -> None:
    for number in range(3_000):
        drawing.node((number % 50, 300 + number // 50), amenity="parking", name=str(number * 7919))
    path = drawing.write(tmp_path / "city.osm.pbf")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ReadError, match="cut short"):
        read_osm(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="there is no file"):
        read_osm(tmp_path / "nowhere.osm.pbf")
    with pytest.raises(ReadError, match="is a folder"):
        read_osm(tmp_path)


def test_nothing_of_use_is_refused(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.node((1, 1), natural="tree")
    with pytest.raises(ReadError, match="holds nothing"):
        read_osm(drawing.write(tmp_path / "trees.osm.pbf"))


def test_box_beside_the_data_is_refused(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.node((-500, -500), amenity="parking")
    with pytest.raises(ReadError, match="lies in its own box"):
        read_osm(drawing.write(tmp_path / "beside.osm.pbf"))


def test_history_file_is_refused(drawing: Drawing, tmp_path: Path) -> None:
    path = drawing.write(tmp_path / "city.osh.pbf")
    with pytest.raises(ReadError, match="history"):
        read_osm(path)
