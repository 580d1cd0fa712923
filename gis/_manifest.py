"""The manifest of a run: criteria, actions, parameters, notes, counts, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis import equity
from gis._dated import reasons, undated
from gis.activation import shares
from gis.charging_modes import MODE_KEYS
from gis.finance import ACCOUNT_KEYS, keys_of
from gis.ranking import DRAWS
from layers.kinds._results import ACTIONS, PERMISSIONS, THEMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import pandas as pd

    from gis._notes import Note
    from gis.city import City
    from gis.model import Model


def manifest(
    model: Model, city: City, tables: Mapping[str, pd.DataFrame], notes: Iterable[Note], seed: int
) -> dict[str, Any]:
    """Return what a reader needs beside the tables: how each number was made, and what was left out."""
    opportunities = tables["opportunity"]
    ranked = opportunities[opportunities["rank"].notna()]
    return {
        "as_of": city.as_of.isoformat(),
        "seed": seed,
        "draws": DRAWS,
        "model": {"name": model.name, "sha256": model.sha256, "analysis_sha256": model.analysis_sha256},
        "reach_method": city.reach.method,
        "missing_layers": list(city.missing),
        "criteria": _criteria(model),
        "actions": _actions(model),
        "activation": {"column": "activation", "shares": shares(model.weights("heritage"))},
        "weights": {theme: _weighting(model, theme) for theme in THEMES},
        "equity": equity.summary(city, tables["need"], opportunities, model),
        "permissions": {code: {"zh": zh, "en": en} for code, (zh, en) in PERMISSIONS.items()},
        "parameters": parameters(model, city.as_of),
        "notes": [{"zh": note.zh, "en": note.en} for note in dict.fromkeys(notes)],
        "counts": {
            **{name: len(table) for name, table in tables.items()},
            "ranked": {str(theme): int(count) for theme, count in ranked.groupby("theme").size().items()},
        },
    }


def _weighting(model: Model, theme: str) -> str:
    """Return ``equal`` where all criteria that count at all weigh the same, else ``by_hand``."""
    return "equal" if len({weight for weight in model.weights(theme).values() if weight > 0}) == 1 else "by_hand"


def _criteria(model: Model) -> list[dict[str, Any]]:
    return [
        {
            "key": item.key,
            "x": f"x_{item.key}",
            "v": f"v_{item.key}",
            "theme": item.theme,
            "zh": item.zh,
            "en": item.en,
            "unit": item.unit,
            "direction": item.direction,
            "weight": model.weights(item.theme)[item.key],
            "weight_as_set": item.weight,
            "function": item.function.as_json(),
            "source": item.source,
            "confidence": item.confidence,
            "note": item.note,
        }
        for item in model.criteria
    ]


def _actions(model: Model) -> dict[str, dict[str, Any]]:
    return {
        code: {
            "zh": ACTIONS[code][0],
            "en": ACTIONS[code][1],
            "themes": list(action.themes),
            "lead_dept": action.lead_dept,
            "lead_dept_en": action.lead_dept_en,
            "co_depts": action.co_depts,
            "co_depts_en": action.co_depts_en,
            "decision_level": action.decision_level,
            "practice": action.practice,
            "parameters": parameters_of(model, code),
        }
        for code, action in model.actions.items()
    }


def parameters_of(model: Model, action: str) -> list[str]:
    """Return the parameters behind an option of ``action``: those that size it, then those that its account reads."""
    sizing, account = model.actions[action].parameters, keys_of(model, action)
    return list(dict.fromkeys((*sizing, *account, *MODE_KEYS.get(action, ()), *ACCOUNT_KEYS)))


def parameters(model: Model, as_of: date) -> list[dict[str, Any]]:
    """Return every parameter of a model with its source, and what is doubtful of it on a day."""
    doubtful = undated(model) | reasons(model, as_of)
    return [
        {
            "key": item.key,
            "value": item.value,
            "low": item.low,
            "high": item.high,
            "unit": item.unit,
            "source": item.source,
            "confidence": item.confidence,
            "note": item.note,
            "is_assumption": item.is_assumption,
            "doubt": doubtful[item.key]._asdict() if item.key in doubtful else None,
            "valid_from": item.valid_from.isoformat() if item.valid_from else None,
            "valid_to": item.valid_to.isoformat() if item.valid_to else None,
        }
        for item in model.parameters.values()
    ]
