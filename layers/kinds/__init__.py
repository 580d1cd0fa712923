"""The register of layer kinds, in the order in which people meet them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.kinds._address import ADDRESS
from layers.kinds._areas import AREAS
from layers.kinds._bundles import BUNDLES
from layers.kinds._charging import CHARGING
from layers.kinds._context import CONTEXT
from layers.kinds._heritage import HERITAGE_KINDS
from layers.kinds._homes import HOMES
from layers.kinds._land import LAND
from layers.kinds._ledgers import LEDGERS
from layers.kinds._result_tables import ACCOUNT_BASIS, CASHFLOW, CLOCK, SCORECARD, STALL_LAYOUT
from layers.kinds._results import EXCLUSION, NEED, OPPORTUNITY
from layers.kinds._rooms import ROOMS
from layers.kinds._sites import SITE_CHOICE
from layers.kinds._vehicles import VEHICLES
from layers.kinds._walks import ROUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Kind

REGISTRY: Mapping[str, Kind] = MappingProxyType(
    {
        item.name: item
        for item in (
            *AREAS,
            *HOMES,
            *ROOMS,
            *LAND,
            *VEHICLES,
            CHARGING,
            *HERITAGE_KINDS,
            *LEDGERS,
            *CONTEXT,
            ADDRESS,
            *(OPPORTUNITY, NEED, EXCLUSION, CASHFLOW, ACCOUNT_BASIS, CLOCK, SCORECARD, STALL_LAYOUT),
            SITE_CHOICE,
            *BUNDLES,
            ROUTE,
        )
    }
)
