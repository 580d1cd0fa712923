"""On what terms a heritage building is let: by what its type suits, whose it is, and its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._recipes import BARRED, RENT_TERMS
from gis._reuse_words import owners_rules
from gis.options import value_of

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.model import Model

CREATIVE_CLASS, CREATIVE_OWNER = "historic_building", "state"
"""What the draft of 2019 (``heritage.rent_creative_after_y1``) speaks of: state-owned 历史建筑, and nothing else."""
NO_OWNER = ("unknown", "mixed")


def rent_terms(sites: gpd.GeoDataFrame, rows: pd.DataFrame, model: Model) -> pd.Series:
    """Return on what terms the site of each row is let once it is repaired.

    A building that suits the public good (``use_class`` of :class:`gis.model.Reuse`: reading rooms, lectures, culture
    stations, displays, visits) is let free of rent, whoever owns it. One that suits commerce is let on the terms of the
    draft of 2019 where it is a state-owned 历史建筑, and at the reference rent otherwise: no other text names terms.
    A protected site of the State may not be run as an enterprise's asset (row 13 of ``heritage_rules.csv``): whether
    that holds for shops as for museums is not written, so by the stricter reading no rent is counted.

    Parameters
    ----------
    sites
        Placed heritage, index ``asset_id``.
    rows
        Rows of options, with ``asset_id``.
    model
        Holds what each type of building suits.

    Returns
    -------
    Series
        One of :data:`gis.finance.RENT_TERMS`, or :data:`gis._recipes.BARRED`; null where the type, or the owner or
        class that decides, is unknown.
    """
    kind, owner, of_class = (
        value_of(sites, rows, name).astype(object) for name in ("building_type", "ownership", "heritage_class")
    )
    use = kind.map({code: suits.use_class for code, suits in model.reuse.items()})
    is_commercial = use == "commercial"
    is_state = owner == CREATIVE_OWNER
    pairs = zip(of_class.where(of_class.notna(), None), owner.where(owner.notna(), None), strict=True)
    is_barred = [bool(owners_rules(model, *pair)) for pair in pairs]
    is_bound = owner.isin({code for rule in model.heritage_rules for code in rule.ownerships})
    owner_known = owner.notna() & ~owner.isin(NO_OWNER)
    class_known = of_class.notna() & (of_class != "unknown")
    public_good, creative, reference = RENT_TERMS
    cases = [
        use == "public_good",
        is_commercial & np.array(is_barred, dtype=bool),
        is_commercial & is_state & (of_class == CREATIVE_CLASS),
        is_commercial & owner_known & (~is_bound | class_known),
    ]
    terms = [public_good, BARRED, creative, reference]
    told = np.select([np.asarray(case, dtype=bool) for case in cases], terms, "")
    return pd.Series(told, index=rows.index, dtype=object).replace("", None)
