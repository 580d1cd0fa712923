"""The register of layer kinds, in the order in which people meet them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from layers._kinds_areas import AREAS
from layers._kinds_context import CONTEXT
from layers._kinds_heritage import HERITAGE_KINDS
from layers._kinds_homes import HOMES
from layers._kinds_land import LAND
from layers._kinds_ledgers import LEDGERS
from layers._kinds_results import RESULTS
from layers._kinds_vehicles import VEHICLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Kind

REGISTRY: Mapping[str, Kind] = MappingProxyType(
    {item.name: item for item in (*AREAS, *HOMES, *LAND, *VEHICLES, *HERITAGE_KINDS, *LEDGERS, *CONTEXT, *RESULTS)}
)
