"""A town of one street for the tests of bundles: a run as its tables tell it, every number set by hand."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from need_city import AS_OF, CRS, MODEL, layer
from shapely.geometry import LineString, Point, box

from gis import bundle_city
from layers.schema import conform, kind

YEARS = 15
STREET = LineString([(-1000, 0), (3000, 0)])


def member(at_m, name, *, npv=0.0, **columns):
    """Return an option at ``at_m`` along the street; an asset with a capex of 1 M CNY unless told otherwise."""
    told = {
        "at": box(at_m, 2, at_m + 20, 22) if isinstance(at_m, int) else at_m,
        "name": name,
        "asset_kind": "parking",
        "asset_id": name,
        "action": "charging",
        "permission": "approval",
        "subdistrict_code": "440199001",
        "npv_cny": npv,
        "capex_cny": 1e6,
        "funding_enterprise_cny": 1e6,
        "funding_state_cny": 0.0,
        "funding_owner_cny": 0.0,
        "funding_residents_cny": 0.0,
        "income_owner": "operator",
        "is_sample": True,
        "yearly_cny": 0.0,
    }
    told.update(columns)
    return {"opportunity_id": f"{told['asset_id']}:{told['action']}", **told}


def home(at_m, name, **columns):
    """Return a community of 100 households whose renovation costs 2 M CNY, 1.2 M of it the state's."""
    told = {"asset_kind": "community", "action": "renovation", "capex_cny": 2e6, "income_owner": "owners"}
    paid = {"funding_enterprise_cny": 0.8e6, "funding_state_cny": 1.2e6}
    return member(at_m, name, npv=-2e6, **{**told, **paid, **columns})


def run(*rows, households=100, elderly=0.2, people=250.0, **layers):
    """Return the layers and the tables of a run of these options; each earns ``yearly_cny`` from year 1 on."""
    frame = gpd.GeoDataFrame(
        [{key: value for key, value in row.items() if key not in {"at", "yearly_cny"}} for row in rows],
        geometry=[Point(row["at"]) if isinstance(row["at"], tuple) else row["at"] for row in rows],
        crs=CRS,
    )
    frame["x_night_gap_closed"] = 10.0
    homes = [row for row in rows if row["action"] == "renovation"]
    need = [
        {
            "asset_id": row["asset_id"],
            "subdistrict_code": row["subdistrict_code"],
            "household_count": households,
            "people": people,
            "elderly_share": elderly,
            "night_gap_stalls": 10.0,
        }
        for row in homes
    ]
    flows = [
        {
            "opportunity_id": row["opportunity_id"],
            "year": year,
            "capex_cny": 0.0 if year else row["capex_cny"],
            "revenue_cny": row["yearly_cny"] if year else 0.0,
        }
        for row in rows
        for year in range(YEARS + 1)
    ]
    given = {
        "street": layer("street", {"at": STREET, "name": "长街"}),
        "community": layer(
            "community",
            *(
                {
                    "asset_id": row["asset_id"],
                    "at": row["at"],
                    "floor_area_m2": 5000.0,
                    "property_management": "company",
                }
                for row in homes
            ),
        ),
        **layers,
    }
    tables = {
        "opportunity": conform(frame, kind("opportunity"), keep_extra=True),
        "need": pd.DataFrame(
            need,
            columns=[
                *("asset_id", "subdistrict_code", "household_count", "people", "elderly_share", "night_gap_stalls"),
            ],
        ),
        "cashflow": pd.DataFrame(flows).assign(
            other_income_cny=0.0, opex_cny=0.0, land_rent_cny=0.0, tax_cny=0.0, reinstatement_cny=0.0
        ),
    }
    return given, tables


def found(*rows, model=MODEL, layers=None, basis=None, **asked):
    """Return what may be bundled of these options."""
    given, tables = run(*rows, **(layers or {}))
    if basis is not None:
        tables["account_basis"] = basis
    return bundle_city.members_of(given, tables, model, as_of=AS_OF, **asked)
