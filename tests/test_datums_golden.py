"""The golden set: every system, axis order and format, named rightly or asked about, never wrong and sure."""

from __future__ import annotations

import os
from itertools import product
from typing import TYPE_CHECKING

import golden_files as golden
import numpy as np
import pytest
import shapely

from layers import datums
from layers.crs import crs_option
from layers.errors import DatumError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from golden_files import System

    from layers.reading import ReadResult
    from layers.trusted import Trusted

pytestmark = pytest.mark.slow
CLOSE_M, EXACT_M = 0.5, 0.001
EVERY = os.environ.get("PANHUO_GOLDEN") == "every"
"""Whether every system, format, kind, axis order and declaration is written and read: `make golden`, minutes."""
FAMILIES = sorted({system.family for system in golden.systems()})
NOTHING_SAID = datums.Clues("a.csv", None, None, "", "")
KINDS = ("parking", "idle_land")


def of_family(family: str) -> list[System]:
    """Return the systems of a family."""
    return [system for system in golden.systems() if system.family == family]


def same(name: str, system: System) -> bool:
    """Return whether a name is that of a system; degrees of WGS 84 and of CGCS2000 are the same."""
    plain = {"EPSG:4490": "EPSG:4326"}
    expected = golden.source_of(system).name
    return plain.get(name, name) == plain.get(expected, expected)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("swapped", [False, True])
def test_accepted_sub_districts_name_every_system(family: str, kind: str, *, swapped: bool) -> None:
    for system in of_family(family):
        proposal = propose(system, kind, swapped=swapped, is_trusted=True)
        (group,) = proposal.groups
        assert len(group.rows) == (golden.POINTS if kind == "parking" else golden.PARCELS)
        if system.is_old:
            assert not group.is_clear, system.key
            assert golden.source_of(system).name in [item.source.name for item in group.candidates], system.key
        else:
            assert same(group.best.source.name, system), (system.key, group.best)
            assert group.best.confidence_alike >= datums.CLEAR, system.key


@pytest.mark.parametrize("family", FAMILIES)
def test_numbers_alone_are_never_wrong_and_sure(family: str) -> None:
    for system in of_family(family):
        for kind in KINDS:
            (group,) = propose(system, kind, swapped=False, is_trusted=False).groups
            names = [item.source.name for item in group.candidates]
            expected = golden.source_of(system).name
            assert any(same(name, system) for name in names), (system.key, expected, names)
            assert same(group.best.source.name, system) or not group.is_clear, system.key
            if family in ("degrees", "plain", "six", "utm"):
                assert not group.is_clear
                assert group.best.confidence < 0.6


def propose(system: System, kind: str, *, swapped: bool, is_trusted: bool) -> datums.Proposal:
    """Return what is proposed for the golden points or parcels in a system."""
    town = golden.city(system.lon, system.lat)
    truth, areas = (town.points, town.area_of_point) if kind == "parking" else (town.parcels, town.area_of_parcel)
    shapes = golden.written(truth, system, swapped=swapped)
    bounds = shapely.bounds(shapes)
    return datums.propose(
        (bounds[:, 0] + bounds[:, 2]) / 2,
        (bounds[:, 1] + bounds[:, 3]) / 2,
        NOTHING_SAID,
        town.trusted if is_trusted else None,
        texts=datums.RecordTexts(addresses=np.array(areas, dtype=object)),
        shapes=None if kind == "parking" else shapes,
    )


def cases(at: int, system: System, form: str) -> list[tuple[bool, str, bool]]:
    """Return declared or not, kind, and axes swapped or not of the files of a system in a format.

    Each of the 205 zones has one file a format, so that over the seven formats it has all but one of the eight
    combinations; the ten other systems have four. `make golden` has all eight of each.
    """
    if EVERY:
        return list(product((True, False), KINDS, (False, True)))
    number = 3 * at + golden.FORMATS.index(form)
    if system.family in ("zoned", "plain", "six", "utm"):
        return [(number % 2 == 0, KINDS[number // 2 % 2], number // 4 % 2 == 1)]
    return [(declared, kind, (number + declared) % 2 == 1) for declared in (True, False) for kind in KINDS]


@pytest.mark.parametrize("form", golden.FORMATS)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_file_is_named_rightly_or_asked_about(tmp_path: Path, family: str, form: str) -> None:
    for at, system in enumerate(of_family(family)):
        for number, (declared, kind, swapped) in enumerate(cases(at, system, form)):
            folder = tmp_path / f"{system.key}-{number}"
            folder.mkdir()
            path = golden.write(folder, form, system, kind, swapped=swapped, declared=declared)
            check(read(path, kind, golden.city(system.lon, system.lat).trusted), system, form, kind, declared=declared)


def check(result: ReadResult | DatumError, system: System, form: str, kind: str, *, declared: bool) -> None:
    """Assert that a file was read in its system to its place, or that it had to be asked about."""
    case = (system.key, form, kind, declared)
    if isinstance(result, DatumError):
        assert result.zh, case
        assert must_ask(system, form, declared=declared), (case, str(result))
        return
    is_warned = any(item.rule == "datum" for item in result.report.warnings)
    if not same(result.crs_found, system):
        assert system.is_old, (case, result.crs_found)
        assert is_warned or system.family == "old degrees", (case, result.crs_found)
        return
    town = golden.city(system.lon, system.lat)
    truth = town.points if kind == "parking" else town.parcels
    off_m = golden.off_m(np.asarray(result.frame.geometry, dtype=object), truth).max()
    assert off_m <= (EXACT_M if system.shift else CLOSE_M), (case, off_m)
    assert is_warned or not (system.is_old or (system.family in ("plain", "zoned", "six") and not declared)), case


def read(path: Path, kind: str, trusted: Trusted) -> ReadResult | DatumError:
    """Return what a file is read as, or the question about its coordinates."""
    try:
        return read_file(path, kind, trusted=trusted)
    except DatumError as error:
        return error


def must_ask(system: System, form: str, *, declared: bool) -> bool:
    """Return whether a question is right: a shift under a declaration that says nothing of it."""
    return declared and bool(system.shift) and (form not in golden.TABLES or system.epsg != 4326)


DOUBTFUL = ("degrees", "old degrees", "mercator")
"""Families under whose codes data of the web maps are passed on."""


@pytest.mark.parametrize("form", golden.FORMATS)
@pytest.mark.parametrize("family", FAMILIES)
def test_without_an_accepted_layer_every_file_is_read_as_it_declares(tmp_path: Path, family: str, form: str) -> None:
    for at, system in enumerate(of_family(family)):
        if system.shift and form in golden.TABLES:
            continue  # tables name a web map in words, which is no declaration of a system
        if family not in DOUBTFUL and at % 7 != golden.FORMATS.index(form) and len(of_family(family)) > 7:
            continue  # each zone in one format
        kind = KINDS[at // 7 % 2]
        is_swapped = at // 14 % 2 == 1 if family != "hong kong" else False  # HK80's numbers allow both orders
        folder = tmp_path / system.key
        folder.mkdir()
        path = golden.write(folder, form, system, kind, swapped=is_swapped, declared=True)
        check_as_declared(read_file(path, kind), system, form, kind)


def check_as_declared(result: ReadResult, system: System, form: str, kind: str) -> None:
    """Assert that a file was read as declared, and that degrees and web mercator were not taken for sure."""
    case = (system.key, form, kind)
    assert result.question is None, case
    assert result.crs_found == f"EPSG:{system.epsg}", case
    is_doubted = any("GCJ-02" in item.zh for item in result.report.warnings if item.rule == "datum")
    assert is_doubted == (system.family in DOUBTFUL), case
    assert (result.crs_confidence < datums.CLEAR) == is_doubted, case
    if system.shift or system.is_old:
        return  # the declaration is wrong, or its way to CGCS2000 not public: the first is the reason for the doubt
    town = golden.city(system.lon, system.lat)
    truth = town.points if kind == "parking" else town.parcels
    assert golden.off_m(np.asarray(result.frame.geometry, dtype=object), truth).max() <= CLOSE_M, case


@pytest.mark.parametrize("form", golden.FORMATS)
@pytest.mark.parametrize(
    ("name", "text"), [("grid.toml", golden.FOUR), ("seven.toml", golden.SEVEN)], ids=["four", "seven"]
)
def test_a_districts_own_grid_is_read_when_it_is_given(tmp_path: Path, form: str, name: str, text: str) -> None:
    source = crs_option(str(golden.own_grid(tmp_path, text, name)))
    assert source is not None
    system = golden.System(name, 4326, family="own")
    town = golden.city(system.lon, system.lat)
    for kind, truth in (("parking", town.points), ("idle_land", town.parcels)):
        folder = tmp_path / kind
        folder.mkdir()
        path = golden.write(folder, form, system, kind, swapped=False, declared=False, change=golden.to_own(name))
        with pytest.raises(DatumError):
            read_file(path, kind)
        result = read_file(path, kind, crs=source)
        assert result.crs_found.startswith(f"{name} (sha256 ")
        assert golden.off_m(np.asarray(result.frame.geometry, dtype=object), truth).max() <= EXACT_M
