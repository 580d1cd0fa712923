"""What is to be erased of a kind: which assets hold personal data, and by which ids and numbers people call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import select

from layers import _accepting as accepting
from layers.catalog import PersonalRow
from layers.identity import followed

if TYPE_CHECKING:
    from layers._accepting import Shelf


def held(shelf: Shelf, kind: str) -> pd.DataFrame:
    """Return of which assets personal data are kept, never what they say.

    Returns
    -------
    pandas.DataFrame
        ``asset_id`` as the asset goes on, ``kept_under`` the id under which the value was told, ``field``.
    """
    rows = select(PersonalRow.asset_id, PersonalRow.field).where(PersonalRow.kind == kind, PersonalRow.erasable)
    with shelf.catalog.reading() as session:
        found = [(row.asset_id, row.field) for row in session.execute(rows)]
        last = followed(accepting.aliases(session, kind))
    frame = pd.DataFrame(found, columns=["kept_under", "field"], dtype="object")
    return frame.assign(asset_id=[last.get(name, name) for name in frame["kept_under"]])


def designations(shelf: Shelf, kind: str) -> pd.DataFrame:
    """Return what every asset that was ever accepted is called.

    Returns
    -------
    pandas.DataFrame
        ``name``: its id, an id that it had before a merge, or the number that its department gives it; ``asset_id``.
        A number may stand for several assets.
    """
    with shelf.catalog.reading() as session:
        keys = accepting.known_keys(shelf, session, kind).select(["source_id", "asset_id"]).to_pandas()
        last = followed(accepting.aliases(session, kind))
    numbers = keys.dropna().rename(columns={"source_id": "name"})
    ids = pd.DataFrame({"name": keys["asset_id"], "asset_id": keys["asset_id"]})
    former = pd.DataFrame(list(last.items()), columns=["name", "asset_id"], dtype="object")
    return pd.concat([numbers, ids, former], ignore_index=True).drop_duplicates(ignore_index=True)
