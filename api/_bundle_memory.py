"""What the search behind a decision about bundles leaves to the next one: its plan, the sets it tried, its bound.

It stands beside the tables of the run as a document of its own: programs read it, people do not. A later search takes
in of it what still holds, and so answers to a change in seconds.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from api._bundle_wishes import Wishes
from api.models import PACKAGED, read_model
from gis._bundle_change import is_tighter
from gis.bundle import Bundle, Limits, Plan
from layers import __version__
from layers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gis.bundle_city import CityMembers
    from layers.runs import Run
    from layers.workspace import Workspace

DOCUMENT, FORM = "bundle_search", 1
"""Name and form of the document; one of another form is none."""


@dataclass(frozen=True)
class Earlier:
    """An earlier decision about bundles.

    Parameters
    ----------
    run_id, wishes, benefit, parameters
        The run that holds it, what was asked, what it reached, and its parameters of the model.
    document
        What its search left.
    seed
        Of its search.
    """

    run_id: str
    wishes: Wishes
    benefit: float
    parameters: dict[str, float]
    document: dict[str, Any]
    seed: int = 0

    @property
    def bundles(self) -> list[frozenset[str]]:
        """Members of each bundle, in the order of their numbers."""
        ids = self.document["members"]
        return [frozenset(ids[row] for row in bundle["rows"]) for bundle in self.document["bundles"]]


def earlier(workspace: Workspace, run: Run, *, is_needed: bool) -> Earlier | None:
    """Return the decision about bundles that a run holds; where one is needed, else that of the newest run before it.

    Raises
    ------
    UsageError
        If one is needed and there is none.
    """
    runs = workspace.runs()
    at = next(number for number, item in enumerate(runs) if item.run_id == run.run_id)
    for item in runs[at:] if is_needed else [run]:
        told, document = item.manifest.get("decided", {}).get("bundle"), item.documents.get(DOCUMENT, {})
        if told is not None and document.get("form") == FORM:
            used = item.manifest.get("decided_with", {}).get("bundle", {})
            wishes, seed = Wishes.told(told["wishes"]), int(told.get("seed", 0))
            return Earlier(item.run_id, wishes, told["benefit"], used, document, seed)
    if not is_needed:
        return None
    raise UsageError(
        "there is no decision about bundles to go on from",
        "还没有可以接着改的组包方案",
        hint=f"run `panhuo bundle {workspace.root}` first",
        hint_zh=f"请先运行 panhuo bundle {workspace.root}",
    )


def settings(before: Earlier, file: Path | None, told: Mapping[str, str]) -> dict[str, str]:
    """Return the single settings told, and beside them those parameters of an earlier decision that differ now.

    What is given anew wins: a parameter that the district's file names is as the file has it.
    """
    model, anew = read_model(file, told), _named(file)
    kept = {
        key: repr(value)
        for key, value in before.parameters.items()
        if key in model.parameters and key not in anew and value not in (None, model.parameters[key].value)
    }
    return {**kept, **told}


def _named(file: Path | None) -> set[str]:
    """Return the parameters that a district's file names; it was read before, so it is sound."""
    if file is None or str(file) == PACKAGED:
        return set()
    return set(tomllib.loads(file.read_text(encoding="utf-8-sig")).get("parameter", {}))


def document(found: CityMembers, limits: Limits, plan: Plan, bundles: Sequence[Bundle]) -> dict[str, Any]:
    """Return what a search leaves to the next one, as JSON; ``bundles`` are those of ``plan`` by their numbers."""
    return {
        "form": FORM,
        "version": __version__,
        "members": found.ids,
        "accounts": _hashes(found),
        "limits": {name: None if value == np.inf else value for name, value in asdict(limits).items()},
        "bundles": [asdict(bundle) for bundle in bundles],
        "benefit": plan.benefit,
        "bound": plan.bound,
        "pool": plan.pool,
    }


def begun(found: CityMembers, limits: Limits, before: Earlier | None) -> tuple[Plan | None, bool]:
    """Return the plan that a search begins from, and whether its bound still holds.

    Members are known by their ids. The bound holds where the accounts of all are as they were and the limits no wider.
    """
    if before is None:
        return None, False
    told, row = before.document, {name: number for number, name in enumerate(found.ids)}
    place = [row.get(name) for name in told["members"]]

    def rows(old: Sequence[int]) -> tuple[int, ...] | None:
        new = [place[at] for at in old]
        return None if None in new else tuple(sorted(at for at in new if at is not None))

    old = [(rows(bundle["rows"]), bundle["start_year"]) for bundle in told["bundles"]]
    bundles = tuple(Bundle(members, year) for members, year in old if members is not None)
    pool = tuple(members for members in map(rows, told["pool"]) if members is not None)
    plan = Plan(bundles, told["benefit"], told["bound"], pool=pool)
    return plan, _only_tightened(told, found, limits)


def _only_tightened(told: Mapping[str, Any], found: CityMembers, limits: Limits) -> bool:
    """Return whether the same program searched the same members, and every plan of ``limits`` was one then."""
    wide = {name: np.inf if value is None else value for name, value in told["limits"].items()}
    before = Limits(**wide | {"balanced_share": told["limits"]["balanced_share"]})
    read = {
        "unit": before.within_unit,
        "net_scenario_cny": before.balanced_share is not None,
        "npv_element_cny": before.element_cap_cny < np.inf,
    }
    now = _hashes(found)
    are_same = all(told["accounts"].get(name) == digest for name, digest in now.items() if read.get(name, True))
    same = told["version"] == __version__ and told["members"] == found.ids and are_same
    return same and is_tighter(before, limits)


def _hashes(found: CityMembers) -> dict[str, str | None]:
    """Return a hash of each array of the members."""
    arrays = {item.name: getattr(found.members, item.name) for item in fields(found.members)}
    return {
        name: None if array is None else hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        for name, array in arrays.items()
    }
