"""The account of every bundle of a plan: its members' lines by year, the public services that it takes in, its name."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import _bundle_services as services
from gis._bundle_members import OF_ACCOUNT
from gis._bundle_sensitivity import Repriced, repriced
from gis._notes import Note
from gis.bundle_account import OTHERS_PAY, BundleAccount, account

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.bundle import Bundle, Plan
    from gis.bundle_city import CityMembers
    from gis.model import Model


@dataclass(frozen=True)
class Accounted:
    """A bundle with its account.

    Parameters
    ----------
    bundle, place
        As the plan has it, and where in the plan.
    bundle_id
        The same for the same members.
    number
        From 1, the one of most benefit first.
    name
        After its largest community.
    members
        One row a member, then one a service: ``member``, ``name``, ``action`` (null of a service).
    lines
        For :func:`gis.bundle_account.account`: one row a member and year.
    taken_in
        The public services that the operator takes over within the account, or that go on beside it, as
        :class:`gis._bundle_services.TakenIn` tells.
    account
        The account.
    service_notes
        What is said of the services.
    """

    bundle: Bundle
    place: int
    bundle_id: str
    number: int
    name: Note
    members: pd.DataFrame
    lines: pd.DataFrame
    taken_in: pd.DataFrame
    account: BundleAccount
    service_notes: tuple[Note, ...]

    @property
    def rows(self) -> list[int]:
        """Its members' rows."""
        return list(self.bundle.rows)

    @property
    def merged(self) -> pd.DataFrame:
        """The public services that the operator takes over within the account."""
        return self.taken_in[self.taken_in["first_year"].notna()]


def accounted(
    found: CityMembers,
    plan: Plan,
    model: Model,
    *,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> list[Accounted]:
    """Return the bundles of a plan with their accounts, the one of most benefit first.

    Parameters
    ----------
    found, plan
        What was searched, and what was found.
    model
        Of the run.
    seed
        Of the draws behind the spread of each account.
    progress
        Called with ``"accounts"`` and the share of the bundles that is done.
    """
    tell = progress or (lambda _stage, _share: None)
    benefit = found.members.benefit
    order = sorted(range(len(plan.bundles)), key=lambda place: (-benefit[list(plan.bundles[place].rows)].sum(), place))
    made: list[Accounted] = []
    basis = found.basis
    # All members are priced again at once: it takes hardly longer than those of one bundle.
    priced = repriced(basis[basis["opportunity_id"].isin(found.ids)], model, seed) if basis is not None else None
    for number, place in enumerate(order, 1):
        tell("accounts", (number - 1) / len(order))
        made.append(_one(found, plan.bundles[place], place, number, model, priced))
    return made


def _one(
    found: CityMembers, bundle: Bundle, place: int, number: int, model: Model, priced: Repriced | None
) -> Accounted:
    rows = list(bundle.rows)
    table = found.candidates.table.iloc[rows]
    years = found.members.net_cny.shape[1] - 1
    homes = table.loc[table["is_community"], "asset_id"]
    shares = services.household_shares(found.need, homes)
    taken_in, more, notes = services.service_lines(
        found.services, shares, found.as_of, years, model, start_year=bundle.start_year
    )
    lines = pd.concat([_member_lines(found, rows, years), more], ignore_index=True).fillna(0.0)
    members = pd.DataFrame({"member": table.index, "name": table["name"].array, "action": table["action"].array})
    members = pd.concat([members, taken_in[["member", "name"]].assign(action=None)], ignore_index=True)
    return Accounted(
        bundle,
        place,
        f"bundle-{blake2b(chr(10).join(sorted(table.index)).encode(), digest_size=6).hexdigest()}",
        number,
        _name(table, number),
        members,
        lines,
        taken_in,
        account(lines, model, basis=priced),
        notes,
    )


def _member_lines(found: CityMembers, rows: list[int], years: int) -> pd.DataFrame:
    table = found.candidates.table.iloc[rows]
    frame = pd.DataFrame(
        {
            "member": np.repeat(table.index.to_numpy(dtype=object), years + 1),
            "year": np.tile(range(years + 1), len(rows)),
        }
    )
    frame = frame.assign(**{name: found.candidates.lines[name][rows].ravel() for name in OF_ACCOUNT})
    for name in OTHERS_PAY:
        paid = np.zeros((len(rows), years + 1))
        paid[:, 0] = np.nan_to_num(table[name].to_numpy(dtype=float, na_value=np.nan))
        frame[name] = paid.ravel()
    return frame


def _name(table: pd.DataFrame, number: int) -> Note:
    first = table.sort_values(["is_community", "household_count", "npv_cny"], ascending=False, kind="stable").iloc[0]
    name, more = first["name"] if pd.notna(first["name"]) else first["asset_id"], len(table) - 1
    return Note(
        f"{number}号包：{name}" + (f"等{more + 1}处" if more else ""),
        f"Bundle {number}: {name}" + (f" and {more} more" if more else ""),
    )
