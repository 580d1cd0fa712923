"""Plots of idle land for the tests of what they offer."""

from __future__ import annotations

from need_city import FIVE, MODEL, city
from shapely.geometry import box

from gis import idle_land
from gis.need import assemble

NOBODY = assemble(city(), MODEL)[0]
LOT = box(50, 10, 110, 60)  # 60 m x 50 m = 3,000 m2


def offered(*plots, model=MODEL, **layers):
    town = city(FIVE, idle_land=plots, **layers)
    need = assemble(town, model)[0] if "community" in layers else NOBODY
    return idle_land.options(town, need, model)


def actions(found, plot=0):
    table = found.table
    return set(table.loc[table["asset_id"] == f"idle_land-{plot}", "action"])


def excluded(found, rule):
    table = found.exclusions
    return set(table.loc[table["rule"] == rule, "action"].astype(object).where(lambda code: code.notna(), "*"))


def row(found, action, plot=0):
    table = found.table
    return table[(table["asset_id"] == f"idle_land-{plot}") & (table["action"] == action)].iloc[0]


COLLECTIVE = {"at": LOT, "tenure": "collective", "zoning": "B1", "land_rent_cny_m2_month": 3.0}
