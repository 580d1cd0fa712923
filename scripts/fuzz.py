"""Broken files of every format, made by Hypothesis from good ones: only an error of Panhuo's own may come out.

``python scripts/fuzz.py [--seconds 300] [--seed 0] [--format .xlsx ...]``

Files are read in a process of its own, which is watched: a traceback, a crash, more than :data:`MOST_SECONDS` or more
than :data:`MOST_BYTES` is a finding. Hypothesis makes it as small as it can; the file is kept in ``fuzz-findings/``.
"""

from __future__ import annotations

import argparse
import json
import select
import subprocess
import sys
import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from reading_files import (  # noqa: E402
    dxf,
    folder_files,
    polyline,
    words,
    write_csv,
    write_geojson,
    write_shapefile,
    write_xls,
    write_xlsx,
    write_zip,
)  # fmt: skip

MOST_SECONDS = 20.0
MOST_BYTES = 1500 * 1024**2
ROUND_EXAMPLES = 100
CHILD = """
import json, sys, warnings
from pathlib import Path
from layers.errors import PanhuoError
from layers.reading import read_file
warnings.simplefilter("error")
for line in sys.stdin:
    path, kind = json.loads(line)
    Path("/proc/self/clear_refs").write_text("5")
    said = None
    try:
        result = read_file(Path(path), kind)
        result.report.to_html()
        result.report.check_counts()
    except PanhuoError as error:
        said = None if "\\n" not in str(error) else f"an error of several lines: {error}"
    except BaseException as error:
        import traceback
        said = traceback.format_exc()
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
    print(json.dumps([said, peak]), flush=True)
"""
ROWS: list[list[Any]] = [
    ["停车场一览表（虚构）"],
    ["序号", "街道", "停车场名称", "泊位总数", "有效期至", "经度", "纬度", "经纬度", "图形", "备注"],
    [1, "榕桥街", "甲", "约300", "2027/3/31", 113.27101, 23.12101, "113.27,23.12", "POINT (113.27 23.12)", "虚构"],
    [2, None, "乙", "120（含子母位6）", 46270.5, "113°16′18″", "23.12402", None, None, "同上"],
    ["合计", None, None, 420],
]  # fmt: skip
CORNERS: list[list[Any]] = [
    ["坐标系：2000国家大地坐标系（3度带，带号38）"],
    ["宗地号", "点号", "X坐标", "Y坐标", "边长"],
    ["A", "J1", "2558124.254", "38425326.452", "42.00"], [None, "J2", "2558132.986", "38425367.534", "36.50"],
    [None, "J3", "2558168.689", "38425359.945", "42.00"], [None, "J4", "2558159.956", "38425318.863", "36.50"],
    [None, "J1", "2558124.254", "38425326.452"], [None, "面积：1533.00平方米（合2.299亩）"],
]  # fmt: skip
SQUARE = [(425_300.0, 2_558_100.0), (425_340.0, 2_558_100.0), (425_340.0, 2_558_130.0), (425_300.0, 2_558_130.0)]
FILING = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=38\n[地块坐标]\n4,0.1533,A,甲,面,,,,@\n" + "\n".join(
    f"{row[1]},1,{row[2]},{row[3]}" for row in CORNERS[2:7]
)
PLACEMARK = """<Folder><name>青砖</name><Placemark><name>甲</name>
<description><![CDATA[<table><tr><td>泊位总数</td><td>12</td></tr></table>]]></description>
<ExtendedData><Data name="地址"><value>一路</value></Data></ExtendedData>{0}</Placemark></Folder>"""
OUTLINES = (
    "<Point><coordinates>113.27,23.12,0</coordinates></Point>",
    """<MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>113.27,23.12 113.28,23.12 113.28,23.13
113.27,23.12</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry>""",
)
TOKENS = [
    b"NaN", b"Infinity", b"1e999", b"-1", b"0", b"9" * 40, b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b"\n",
    b"\r", b"<", b">", b"]", b"}", b"[" * 500, b'{"a":' * 200, b"]]>", b"&amp;", b"<!DOCTYPE x>", "合计".encode(),
    "同1".encode(), "约".encode(), b"POINT EMPTY", b"\x1e", b"J1", b"EOF", b"null", b"true", b"\xb1\xb1", b"\x80" * 4,
    b"%s%n", b"../", b"\x7f\xff\xff\xff", b"\xff" * 8, "，".encode(), "面积：9亩".encode(), b"\t", b";",
]  # fmt: skip


def seeds(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Return a good file of every format, with the kind as which it is read; name -> (bytes, kind)."""
    made: dict[str, tuple[bytes, str]] = {}

    def take(name: str, path: Path, kind: str = "parking") -> None:
        made[name] = (path.read_bytes(), kind)

    frame = gpd.GeoDataFrame(
        {"停车场名称": ["甲", "乙"], "泊位总数": [5, 6], "有效期至": ["2027/1/1", None]},
        geometry=[shapely.Point(113.27101, 23.12101), shapely.Point(113.28, 23.13)], crs="EPSG:4490",
    )  # fmt: skip
    features = [({"name": "甲", "泊位总数": "约30"}, {"type": "Point", "coordinates": [113.27, 23.12]}),
                ({"name": "乙", "泊位总数": 5}, {"type": "MultiPoint", "coordinates": [[113.27, 23.12]]})]  # fmt: skip
    take("a.csv", write_csv(folder / "a.csv", ROWS))
    take("b.csv", write_csv(folder / "b.csv", ROWS, encoding="gb18030", delimiter="\t"))
    take("c.csv", write_csv(folder / "c.csv", CORNERS), "idle_land")
    take("a.xlsx", write_xlsx(folder / "a.xlsx", {"一": ROWS, "二": ROWS[:1]}, merges=["B3:B4"]))
    take("a.xls", write_xls(folder / "a.xls", {"一": ROWS, "二": ROWS[:1]}, merges=["B3:B4"]))
    take("c.xls", write_xls(folder / "c.xls", {"一": CORNERS}), "idle_land")
    take(
        "a.geojson",
        write_geojson(folder / "a.geojson", features, crs={"type": "name", "properties": {"name": "EPSG:4490"}}),
    )
    lines = b"".join(
        json.dumps({"type": "Feature", "properties": p, "geometry": g}).encode() + b"\n" for p, g in features
    )
    made["a.geojsonl"], made["a.geojsons"] = (
        (lines, "parking"),
        (b"\x1e" + lines.replace(b"\n{", b"\n\x1e{"), "parking"),
    )
    for name, driver in (("a.gpkg", "GPKG"), ("a.fgb", "FlatGeobuf")):
        frame.to_file(folder / name, driver=driver)
        take(name, folder / name)
    frame.to_parquet(folder / "a.parquet")
    take("a.parquet", folder / "a.parquet")
    kml = "".join(PLACEMARK.format(outline) for outline in OUTLINES)
    made["a.kml"] = (f'<?xml version="1.0"?><kml xmlns="x"><Document>{kml}</Document></kml>'.encode(), "parking")
    take("a.kmz", write_zip(folder / "a.kmz", {"doc.kml": made["a.kml"][0]}))
    drawing = dxf(polyline(SQUARE, closed=True), polyline(SQUARE[:3], closed=False), words("甲", 425_310, 2_558_110))
    made["a.dxf"] = (drawing.encode("gb18030"), "idle_land")
    made["a.txt"] = (FILING.encode("gb18030"), "idle_land")
    write_shapefile(
        folder / "s.shp", frame.rename(columns={"停车场名称": "名称"}), encoding="GBK", keep=(".prj", ".cpg")
    )
    take("a.zip", write_zip(folder / "a.zip", folder_files(folder, "s"), name_encoding="gb18030"))
    return made


# mutations: what is done to the bytes of a file, or of a member of it

AT = st.integers(0, 1 << 20)
OPERATIONS = st.one_of(
    st.tuples(st.just("set"), AT, st.integers(0, 255)),
    st.tuples(st.just("insert"), AT, st.sampled_from(TOKENS)),
    st.tuples(st.just("replace"), AT, st.sampled_from(TOKENS)),
    st.tuples(st.just("cut"), AT, st.integers(1, 2000)),
    st.tuples(st.just("repeat"), AT, st.integers(1, 500)),
    st.tuples(st.just("end"), AT, st.none()),
)


def mutated(data: bytes, operations: list[tuple[str, int, Any]]) -> bytes:
    """Return bytes after some operations."""
    for name, place, what in operations:
        at = place % max(len(data), 1)
        if name == "set":
            data = data[:at] + bytes([what]) + data[at + 1 :]
        elif name == "insert":
            data = data[:at] + what + data[at:]
        elif name == "replace":
            data = data[:at] + what + data[at + len(what) :]
        elif name == "cut":
            data = data[:at] + data[at + what :]
        elif name == "repeat":
            data = data[:at] + data[at : at + what] * 3 + data[at + what :]
        else:
            data = data[:at]
    return data


def mutated_inside(data: bytes, member: int, operations: list[tuple[str, int, Any]]) -> bytes:
    """Return an archive of which one member has been changed, the archive itself being whole."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        chosen = archive.namelist()[member % len(archive.namelist())]
        for name in archive.namelist():
            content = archive.read(name)
            changed.writestr(name, mutated(content, operations) if name == chosen else content)
    return target.getvalue()


class Watch:
    """A process that reads files, watched."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def read(self, path: Path, kind: str) -> str | None:
        """Return what went wrong with a file, ``None`` if nothing did."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, cwd=ROOT,
            )  # fmt: skip
        process = self.process
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        process.stdin.write(json.dumps([str(path), kind]) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], MOST_SECONDS + 20 * (process.poll() is None))
        answer = process.stdout.readline() if ready else ""
        if not answer:
            said = f"no answer in {MOST_SECONDS:.0f} s" if not ready else f"the process ended: {process.wait()}"
            self.end()
            return said
        said, peak = json.loads(answer)
        if peak > MOST_BYTES:
            self.end()
            return said or f"it needed {peak / 1e6:.0f} MB"
        return str(said) if said else None

    def end(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def check(name: str, data: bytes, kind: str, number: int, watch: Watch, folder: Path) -> tuple[int, str | None]:
    """Try one round of broken files of one format; return how many, and what went wrong with the smallest."""
    tried = 0
    path = folder / f"x{Path(name).suffix}"
    is_archive = data.startswith(b"PK\x03\x04")

    @seed(number)
    @settings(
        max_examples=ROUND_EXAMPLES, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck), print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    @given(st.lists(OPERATIONS, min_size=1, max_size=6), st.none() | st.integers(0, 20))
    def run(operations: list[tuple[str, int, Any]], member: int | None) -> None:
        nonlocal tried
        tried += 1
        inside = is_archive and member is not None
        path.write_bytes(mutated_inside(data, member or 0, operations) if inside else mutated(data, operations))
        said = watch.read(path, kind)
        assert said is None, said  # noqa: S101

    try:
        run()
    except AssertionError as error:
        return tried, str(error)
    return tried, None


def main() -> int:
    """Fuzz for a time; return 1 if anything but an error of Panhuo's own came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", action="append", default=[], help="only files of this suffix")
    asked = parser.parse_args()
    kept = ROOT / "fuzz-findings"
    watch, found, counts = Watch(), 0, dict[str, int]()
    with tempfile.TemporaryDirectory(prefix="panhuo-fuzz-") as folder:
        good = {
            name: seed
            for name, seed in seeds(Path(folder)).items()
            if not asked.format or Path(name).suffix in asked.format
        }
        end, number = time.monotonic() + asked.seconds, asked.seed
        for name, (data, kind) in good.items():
            path = Path(folder) / f"good{Path(name).suffix}"
            path.write_bytes(data)
            said = watch.read(path, kind)
            if said:
                print(f"{name}, whole: {said}")
                found += 1
        while time.monotonic() < end:
            for name, (data, kind) in good.items():
                if time.monotonic() >= end:
                    break
                tried, said = check(name, data, kind, number, watch, Path(folder))
                counts[name] = counts.get(name, 0) + tried
                if said:
                    found += 1
                    kept.mkdir(exist_ok=True)
                    broken = Path(folder) / f"x{Path(name).suffix}"
                    (kept / f"{found}-{name}").write_bytes(broken.read_bytes())
                    print(f"--- {name} ({kind}), kept as fuzz-findings/{found}-{name}\n{said}", flush=True)
            number += 1
        watch.end()
    print(f"{sum(counts.values())} broken files, {found} findings: " + ", ".join(f"{n} {c}" for n, c in counts.items()))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
