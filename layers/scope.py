"""Who asks, for which area, which fields: every read, tile, export and job takes a :class:`Scope`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


_SOURCES = "sources"
"""The column that tells again, field by field, what every source said of a record."""


@dataclass(frozen=True)
class Scope:
    """What one caller may see. Until users exist, everyone is :meth:`everything`.

    Parameters
    ----------
    who
        Name of the caller for the audit.
    subdistricts
        Codes of the sub-districts that may be seen; ``None`` is all of them. A record without a sub-district is seen
        by nobody who is limited.
    hidden_fields
        Columns that are taken out of every answer.
    """

    who: str = "local"
    subdistricts: frozenset[str] | None = None
    hidden_fields: frozenset[str] = frozenset()

    @classmethod
    def everything(cls) -> Scope:
        """Return the scope that sees all records and all fields."""
        return cls()

    @property
    def is_limited(self) -> bool:
        """Whether anything is hidden from this caller."""
        return self.subdistricts is not None or bool(self.hidden_fields)

    @property
    def cache_key(self) -> str:
        """A text that differs wherever what may be seen differs."""
        areas = "*" if self.subdistricts is None else ",".join(sorted(self.subdistricts))
        return f"{areas}|{','.join(sorted(self.hidden_fields))}"

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows and columns of ``frame`` that may be seen."""
        seen = frame
        if self.subdistricts is not None:
            if "subdistrict_code" in seen.columns:
                seen = seen[seen["subdistrict_code"].isin(sorted(self.subdistricts))]
            else:
                seen = seen.iloc[:0]
        hidden = [name for name in seen.columns if name in self.hidden_fields]
        told = [_SOURCES] if self.hidden_fields and _SOURCES in seen.columns and _SOURCES not in hidden else []
        return seen.drop(columns=[*hidden, *told]) if hidden or told else seen
