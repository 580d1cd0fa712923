"""What stops people where no street leads: rivers and expressways on the ground, but no pond, no bank, no pier."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box

from gis.city import City
from gis.network import Entered, Reach
from layers.schema import conform, kind

CRS = "EPSG:4547"
RIVER = box(-2000, 20, 2000, 80)


def layer(name, shapes, **columns):
    frame = gpd.GeoDataFrame(
        {"asset_id": [f"{name}-{number}" for number in range(len(shapes))], **columns}, geometry=list(shapes), crs=CRS
    )
    return conform(frame, kind(name))


def reach(lines=(), waters=(), water_type=None, **columns):
    types = [None] * len(waters) if water_type is None else [water_type] * len(waters)
    return Reach.build(
        layer("street", lines, **columns), detour_factor=1.3, waters=layer("water", waters, water_type=types)
    )


def places(**shapes):
    geometry = [Point(at) if isinstance(at, tuple) else at for at in shapes.values()]
    return gpd.GeoSeries(geometry, index=list(shapes), crs=CRS)


def distances(found: pd.DataFrame) -> dict[tuple[str, str], float]:
    return {(row.origin, row.site): row.distance_m for row in found.itertuples()}


def test_a_place_enters_by_a_street_on_its_own_bank():
    # The street north of the river is 40 m from the place across the water; the one on its own bank is 90 m south.
    streets = [LineString([(-500, 90), (500, 90)]), LineString([(-500, -80), (500, -80)])]
    here = places(home=(0, 10), opposite=(0, 95))
    across = reach(streets)
    assert across._enter(here).edge[0] == 0, "without the river the north street is the nearest"
    found = reach(streets, [box(-2000, 20, 2000, 50)])
    assert list(found.entered(here)) == [Entered.OTHER, Entered.NEAREST]
    walked = distances(found.pairs(here, places(south=(100, -80), north=(100, 90)), 1000))
    assert walked["home", "south"] == pytest.approx(90 + 100)
    assert walked["opposite", "north"] == pytest.approx(5 + 100)
    assert ("home", "north") not in walked
    assert ("opposite", "south") not in walked


def test_a_bridge_leads_across():
    streets = [
        LineString([(-500, 10), (0, 10), (500, 10)]),
        LineString([(0, 10), (0, 90)]),
        LineString([(-500, 90), (0, 90), (500, 90)]),
    ]
    found = reach(streets, [RIVER], is_bridge=[False, True, False])
    walked = distances(found.pairs(places(a=(-100, 5)), places(b=(-100, 95)), 1000))
    assert walked["a", "b"] == pytest.approx(5 + 100 + 80 + 100 + 5)


def test_the_river_may_be_drawn_in_pieces_and_still_be_wide():
    # Sixty metres of river in strips of 1.5 m: none is wider than a step, together they are not crossed.
    strips = [box(-2000, 20 + 1.5 * number, 2000, 21.5 + 1.5 * number) for number in range(40)]
    for waters in ([RIVER], strips):
        found = reach([LineString([(-500, 90), (500, 90)])], waters)
        assert list(found.entered(places(home=(0, 10)))) == [Entered.BARRED]


def test_an_expressway_on_the_ground_is_not_crossed_but_walked_under_where_it_is_a_bridge():
    streets = [LineString([(-500, 30), (500, 30)]), LineString([(-500, 50), (500, 50)])]
    for columns, how in (
        ({"street_class": ["expressway", "local"]}, Entered.BARRED),
        ({"street_class": ["expressway", "local"], "is_bridge": [True, None]}, Entered.NEAREST),
        ({"street_class": ["expressway", "local"], "is_walkable": [True, None]}, Entered.NEAREST),
        ({"street_class": ["local", "local"], "is_walkable": [False, None]}, Entered.NEAREST),
    ):
        found = reach(streets, **columns)
        far_side = places(home=(0, 0)) if how == Entered.BARRED else places(home=(0, 45))
        assert list(found.entered(far_side)) == [how], columns
    # A closed lane is no wall: the home walks over it to the street behind.
    closed = reach(streets, street_class=["local", "local"], is_walkable=[False, None])
    assert distances(closed.pairs(places(home=(0, 0)), places(s=(100, 50)), 500))["home", "s"] == pytest.approx(150)


def test_a_watercourse_drawn_as_a_line_stops_people_and_a_ditch_does_not():
    street, stream = [LineString([(-500, 50), (500, 50)])], LineString([(-900, 30), (900, 30)])
    home = places(home=(0, 0))
    assert list(reach(street, [stream], "canal").entered(home)) == [Entered.BARRED]
    assert list(reach(street, [stream]).entered(home)) == [Entered.BARRED], "unknown is not narrow"
    assert list(reach(street, [stream], "ditch").entered(home)) == [Entered.NEAREST]


@pytest.mark.parametrize(("width_m", "how"), [(1.9, Entered.NEAREST), (2.1, Entered.BARRED)])
def test_water_as_narrow_as_a_step_is_stepped_over(width_m, how):
    found = reach([LineString([(-500, 50), (500, 50)])], [box(-900, 20, 900, 20 + width_m)])
    assert list(found.entered(places(home=(0, 0)))) == [how]


@pytest.mark.parametrize(
    ("name", "place", "street_y", "expected_m"),
    [
        ("street along the bank, on the line of the shore", (0, 0), 20, 20),
        ("street drawn 4 m inside the water", (0, 0), 24, 24),
        ("kiosk on a bridge, 30 m from either bank", (0, 50), 50, 0),
        ("place on the shore itself", (0, 20), 0, 20),
        ("pier 10 m out: 10 m to the bank, 20 m to the street", (0, 30), 0, 30),
        ("house whose outline reaches 5 m into the water", box(-5, 15, 5, 25), 0, 15),
        ("boathouse altogether in the water, 10 m off the bank", box(-5, 30, 5, 40), 0, 30),
    ],
)
def test_what_touches_the_water_stays_within_reach(name, place, street_y, expected_m):
    found = reach([LineString([(-500, street_y), (500, street_y)])], [RIVER])
    walked = distances(found.pairs(places(p=place), places(s=(100, street_y)), 1000))
    assert walked["p", "s"] == pytest.approx(expected_m + 100), name


def test_a_pier_lands_on_its_own_bank():
    # 10 m off the south bank; the only street is on the north side.
    found = reach([LineString([(-500, 90), (500, 90)])], [RIVER])
    assert list(found.entered(places(pier=(0, 30)))) == [Entered.BARRED]


def test_straight_lines_do_not_jump_a_river_but_go_round_a_pond():
    # No street at all. The pond is 20 x 20: half its outline, 40 m, less the 20 m over it, is 20 m more; 1.3 x 100 m
    # leaves 30 m. Between places 60 m apart only 18 m are left.
    pond = box(-10, -10, 10, 10)
    found = reach((), [pond, box(-2000, 200, 2000, 260)])
    south = places(far=(-50, 0), near=(-30, 0), ashore=(0, 180))
    walked = found.pairs(south, places(a=(50, 0), b=(30, 0), north=(0, 280)), 135)
    # far-a 100 m (30 m to spare), near-a and far-b 80 m (24), near-b 60 m (18): the last is the one the pond parts.
    assert distances(walked) == {
        ("far", "a"): pytest.approx(130),
        ("far", "b"): pytest.approx(104),
        ("near", "a"): pytest.approx(104),
    }
    assert walked.attrs["barred_pairs"] == 2, "round the pond between near and b, and over the river to the north"


def test_an_island_is_not_reached_straight():
    moat = Point(0, 0).buffer(12).difference(Point(0, 0).buffer(8))
    walked = reach((), [moat]).pairs(places(island=(0, 0)), places(s=(300, 0), same=(3, 0)), 1000)
    assert set(distances(walked)) == {("island", "same")}


def test_an_expressway_parts_straight_lines_and_nearest_sites():
    found = reach([LineString([(-2000, 0), (2000, 0)])], street_class=["expressway"])
    origins, sites = places(o=(0, 50)), places(over=(0, -10), here=(0, 200))
    assert distances(found.pairs(origins, sites, 1000)) == {("o", "here"): pytest.approx(150 * 1.3)}
    nearest = found.nearest(origins, sites, 1000)
    assert list(nearest["site"]) == ["here"]
    assert nearest.attrs["barred_pairs"] == 1


def test_a_city_says_how_many_are_affected():
    streets = [LineString([(-500, 90), (500, 90)]), LineString([(-500, -100), (500, -100)])]
    layers = {
        "street": layer("street", [*streets, LineString([(500, -100), (820, -100)])]),
        "water": layer("water", [box(-2000, 20, 2000, 50), Point(900, -90).buffer(60) - Point(900, -90).buffer(30)]),
        "community": layer("community", [Point(0, 10), Point(0, 100), Point(0, 900)]),
        "parking": layer("parking", [Point(900, -90)]),
    }
    city = City.build(layers, as_of=pd.Timestamp("2026-10-01").date(), detour_factor=1.3)
    told = [note.en for note in city.notes]
    assert "Community: 1 have water or an expressway between them and the nearest street, and take another." in told
    assert "Community: 1 are more than 300 m from any street; straight line x 1.3 is used for them." in told
    assert any(text.startswith("Parking: 1 have water or an expressway between them and every street") for text in told)
    assert all(note.zh for note in city.notes)


def test_broken_waters_are_left_out():
    with np.errstate(invalid="ignore"):
        half = Polygon([(-90, 10), (math.nan, 30), (90, 30), (90, 10)])
    bad = [None, Polygon(), half, Point(0, 0), LineString([(0, 30), (0, math.inf)])]
    found = reach([LineString([(-500, 50), (500, 50)])], bad)
    assert list(found.entered(places(home=(0, 0), nowhere=(math.nan, 0)))) == [Entered.NEAREST, Entered.FAR]
    bow_tie = Polygon([(-100, 20), (100, 40), (100, 20), (-100, 40)])
    assert list(reach([LineString([(-500, 50), (500, 50)])], [bow_tie]).entered(places(h=(-50, 0)))) == [Entered.BARRED]


def meander(points: int) -> Polygon:
    x = np.linspace(-2000, 2000, points)
    bank = 20 + 15 * np.sin(x / 90)
    return Polygon([*zip(x, bank, strict=True), *zip(x[::-1], bank[::-1] + 60, strict=True)])


def test_a_long_shore_is_looked_at_in_pieces_with_the_same_answer(monkeypatch):
    streets = [LineString([(-1500, -200), (1500, -200)]), LineString([(-1500, 180), (1500, 180)])]
    rng = np.random.default_rng(4)
    here = gpd.GeoSeries(shapely.points(rng.uniform((-1500, -80), (1500, 170), (300, 2))), crs=CRS)
    tiled = reach(streets, [meander(2000)])
    assert len(tiled._barriers.tiles) > 20
    monkeypatch.setattr("gis._barriers.TILE_VERTICES", 100_000)
    whole = reach(streets, [meander(2000)])
    assert len(whole._barriers.tiles) == 1
    pd.testing.assert_series_equal(tiled.entered(here), whole.entered(here))
    assert set(tiled.entered(here)) == {Entered.NEAREST, Entered.OTHER}
    pd.testing.assert_frame_equal(tiled.pairs(here, here, 500), whole.pairs(here, here, 500))


@settings(max_examples=25)
@given(angle=st.floats(0, 360), east=st.floats(-1e5, 1e5), north=st.floats(-1e5, 1e5), seed=st.integers(0, 1000))
def test_turning_and_moving_the_city_changes_nothing(angle, east, north, seed):
    def moved(shape):
        return affinity.translate(affinity.rotate(shape, angle, origin=(0, 0)), east, north)

    rng = np.random.default_rng(seed)
    spots = [Point(xy) for xy in rng.uniform((-400, -150), (400, 250), (25, 2))]
    streets = [LineString([(-500, -100), (0, -100), (500, -100)]), LineString([(-500, 190), (0, 190), (500, 190)])]
    streets.append(LineString([(0, -100), (0, 190)]))
    waters = [meander(200), Point(200, -50).buffer(30)]
    before = reach(streets, waters).pairs(gpd.GeoSeries(spots, crs=CRS), gpd.GeoSeries(spots[:7], crs=CRS), 700)
    turned = reach([moved(line) for line in streets], [moved(shape) for shape in waters])
    there = gpd.GeoSeries([moved(spot) for spot in spots], crs=CRS)
    after = turned.pairs(there, there[:7], 700)
    pd.testing.assert_frame_equal(before, after, check_exact=False, atol=0.01, rtol=0)
