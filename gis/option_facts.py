"""Facts of an option that its size alone gives: parks a day, power, what fire and grid leave of its chargers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import _fire_rules as fire
from gis._area_notes import area_notes, size_notes
from gis._grid import connected
from gis._notes import GEOMETRY, Note, merged_codes, missing_codes, noted
from gis.parking_supply import ENDS, day_parks, share_in_use

if TYPE_CHECKING:
    from gis.city import City
    from gis.model import Model

PARKING = ("surface_parking", "mechanical_parking")
OPEN = ("allowed", "approval")
LOST_GAP = Note(
    "附近可能另有未落图小区，其夜间缺口未计入停车收入",
    "Communities without a place may stand near; what they lack at night is not counted in the income",
)


def with_facts(table: pd.DataFrame, city: City, model: Model) -> pd.DataFrame:
    """Return the options with what follows from their stalls, chargers and place.

    ``day_parks`` (parks a day that a public lot of so many stalls can serve: stalls in use times
    ``parking.turnover_per_day``, mechanical ones less what stands empty), chargers bounded by the confirmed grid
    capacity with ``power_kw`` and ``grid`` (:func:`gis._grid.connected`), e-bike charging unclear where its
    distance to buildings cannot be checked (:func:`gis._fire_rules.unchecked`), and ``people_unplaced``: residents of
    communities without a place who may live where ``people_served`` are counted. Where such a community may stand near,
    ``missing`` names its place. An area that is that of its chargers says by what it was estimated, a size that
    a ledger tells about only says its range.

    Parameters
    ----------
    table
        Options, before their account is made.
    city, model
        The city and the model.
    """
    sized = connected(_with_parks(table, model), city, model)
    sized = noted(sized, "warnings", [*area_notes(sized, model), *size_notes(sized, city)])
    return _with_unplaced(_checked_for_fire(sized, city))


def _with_parks(table: pd.DataFrame, model: Model) -> pd.DataFrame:
    in_use = share_in_use(model)
    is_rack = (table["action"] == "mechanical_parking").to_numpy(dtype=bool)
    used = {f"stalls{end}": table[f"stalls{end}"].astype(float) * np.where(is_rack, in_use[end], 1.0) for end in ENDS}
    parks = day_parks(pd.DataFrame(used, index=table.index), model)
    return table.assign(**parks.where(table["action"].isin(PARKING)))


def _with_unplaced(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``table`` with ``people_unplaced``, and the place of communities in ``missing``.

    A renovation serves its own residents, so nobody else's place matters; a heritage site serves those of the
    15-minute circle, anything else those of the 5-minute one. Only chargers for cars close a gap from further off.
    """
    if "near_unplaced" not in table:
        return table.assign(people_unplaced=0.0)
    is_far = (table["theme"] == "heritage") & (table["action"] != "culture_corridor")
    people = table["near_people_unplaced"].mask(is_far, table["near_people_15min_unplaced"]).astype(float)
    near = table["near_unplaced"].mask(is_far | (table["action"] == "charging"), table["near_unplaced_far"])
    may_matter = (near.fillna(0) > 0) & (table["action"] != "renovation")
    lacking = missing_codes({GEOMETRY: may_matter}, table.index)
    is_car_park = table["action"].isin(PARKING) & (table["near_unplaced"].fillna(0) > 0)
    return noted(table, "warnings", [(is_car_park, LOST_GAP)]).assign(
        people_unplaced=people.fillna(0.0).mask(table["action"] == "renovation", 0.0),
        missing=merged_codes(table["missing"].astype("string"), lacking),
    )


def _checked_for_fire(table: pd.DataFrame, city: City) -> pd.DataFrame:
    """Return ``table`` with e-bike charging unclear where its distance to buildings could not be checked."""
    for where, (reason, step), code in fire.unchecked(table, city):
        if not where.any():
            continue
        table = noted(table, "permission_reason", [(where, reason)])
        table = noted(table, "next_step", [(where, step)])
        lowered = where & table["permission"].isin(OPEN)
        lacking = missing_codes({code: where}, table.index)
        table = table.assign(
            permission=table["permission"].mask(lowered, "unclear"),
            missing=merged_codes(table["missing"].astype("string"), lacking),
        )
    return table
