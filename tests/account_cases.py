"""Options tables and models for the tests of accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.model import Model

LOT_M2, STALLS = 3000, 91
MODEL = Model.load()
BEFORE_TAX_KEYS = ("fin.tax.revenue_share", "fin.tax.profit_share", "fin.reinstatement_m2")


def nothing_of(keys):
    """Return TOML that sets parameters and their ranges to nothing."""
    return "".join(f'[parameter."{key}"]\nvalue = 0\nlow = 0\nhigh = 0\n' for key in keys)


BEFORE_TAX = Model.load(nothing_of(BEFORE_TAX_KEYS))
"""The model of the domain file's worked cases: before taxes and the cost of clearing the land."""
SURE = Model.load(
    "".join(
        f'[parameter."{key}"]\nlow = {item.value}\nhigh = {item.value}\n'
        for key, item in MODEL.parameters.items()
        if item.value is not None
    )
)
"""The model with every range closed to its value."""


def options(*rows):
    """Return options o0, o1 …: 3,000 m2 of land at 2 CNY/m2/month for five years, income the operator's."""
    base = {
        "horizon_years": 5.0,
        "area_m2": float(LOT_M2),
        "has_land": True,
        "land_rent_cny_m2_month": 2.0,
        "income_owner": "operator",
        "stalls": np.nan,
        "chargers": np.nan,
        "household_count": np.nan,
        "wall_m": np.nan,
    }
    return pd.DataFrame([{**base, **row} for row in rows], index=[f"o{number}" for number in range(len(rows))])


def annuity_factor(rate, years):
    """Return the present value of 1 CNY at the end of each of ``years`` years."""
    return (1 - (1 + rate) ** -years) / rate
