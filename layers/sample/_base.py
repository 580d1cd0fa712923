"""Areas of government with their people, and the quiet base map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._areas import CENTRAL, codes, locate
from layers.sample._names import DISTRICT_CODE, DISTRICT_NAME, SUBDISTRICT_CODES, SUBDISTRICT_NAMES, SUBDISTRICT_STEMS

if TYPE_CHECKING:
    from layers.sample._atlas import Atlas
    from layers.sample._chance import FloatArray
    from layers.sample._town import Town

RESIDENTIAL_M2 = {"apartments": 92.0, "house": 58.0, "self_built": 38.0, "mixed": 150.0}
PERSONS_PER_HOUSEHOLD = 2.6
"""ASSUMPTION: floor area and persons to a household outside the listed communities, for the totals of areas only."""
AREA_NAMES = {"old_communities": "老旧小区片区", "urban_village": "城中村", "urban_rural_fringe": "城乡结合部"}


def households_by_block(town: Town, homes: pd.DataFrame) -> FloatArray:
    """Return households in each block: as listed in communities, by floor area elsewhere."""
    buildings = town.buildings
    block = buildings["block"].to_numpy()
    floor = shapely.area(buildings["geometry"].to_numpy()) * buildings["floor_count"].to_numpy(dtype=float)
    guessed = np.nan_to_num(floor / buildings["use"].map(RESIDENTIAL_M2).to_numpy(dtype=float))
    found = np.bincount(block, weights=guessed, minlength=len(town.blocks))
    found[homes["block"].to_numpy()] = homes["households"].to_numpy()
    return np.asarray(found, dtype=float)


def areas(town: Town, homes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the district and the sub-districts that tile it."""
    size = len(SUBDISTRICT_CODES)
    owner = town.blocks["subdistrict"].to_numpy()
    households = np.bincount(owner, weights=households_by_block(town, homes), minlength=size).round(0)
    population = (households * PERSONS_PER_HOUSEHOLD).round(-2)
    subdistricts = pd.DataFrame(
        {
            "geometry": town.subdistricts,
            "name": SUBDISTRICT_NAMES,
            "subdistrict_code": SUBDISTRICT_CODES,
            "population": population,
            "household_count": households,
            "parking_zone": np.where(np.arange(size) < CENTRAL, "A", "B"),
        }
    )
    district = pd.DataFrame(
        {
            "geometry": [shapely.coverage_union_all(town.subdistricts)],
            "name": [DISTRICT_NAME],
            "district_code": [DISTRICT_CODE],
            "population": [population.sum()],
        }
    )
    return {"district": district, "subdistrict": subdistricts}


def governance_areas(atlas: Atlas, homes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return governance areas with the households that live in them."""
    table = atlas.place(atlas.town.governance, rng)
    number = atlas.subdistrict_of(table["geometry"].to_numpy())
    inside = shapely.point_on_surface(atlas.town.blocks["geometry"].to_numpy())
    households = households_by_block(atlas.town, homes)
    return table.assign(
        name=[f"{SUBDISTRICT_STEMS[k]}{AREA_NAMES[kind]}" for k, kind in zip(number, table["area_type"], strict=True)],
        household_count=[
            round(float(households[shapely.intersects(shape, inside)].sum())) for shape in table["geometry"]
        ],
    )


def base_map(atlas: Atlas, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return streets, buildings, water and green with the sub-district of each."""
    town = atlas.town
    tables = {"street": town.streets, "building": town.buildings, "water": town.waters, "green": town.greens}
    found = {name: _coded(table, town) for name, table in tables.items()}
    parks = found["green"]["green_type"].isin(["park", "wood"]).to_numpy()
    stems = [SUBDISTRICT_STEMS[k] for k in rng.permutation(len(SUBDISTRICT_STEMS))]
    names = np.full(len(parks), None, dtype=object)
    names[parks] = [
        f"{stems[k % len(stems)]}{'公园' if k < len(stems) else f'{k // len(stems) + 1}号公园'}"
        for k in range(parks.sum())
    ]
    found["green"] = found["green"].assign(name=names)
    return found


def _coded(table: pd.DataFrame, town: Town) -> pd.DataFrame:
    middle = shapely.point_on_surface(table["geometry"].to_numpy())
    return table.assign(subdistrict_code=codes(locate(middle, town.subdistricts)))
