"""Equal weights: a switch of the model file (``[model] weights = "equal"``), or of one theme by a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.kinds._results import THEMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis._model_faults import Faults

EQUAL = "equal"
SETTING = "weights."


def lay_equal_weights(
    criteria: dict[str, dict[str, Any]], district: Mapping[str, Any], settings: Mapping[str, str], faults: Faults
) -> dict[str, str]:
    """Give the criteria of the themes that are said to be equal the weight 1, and return the settings that are left.

    A criterion whose weight is 0 has been switched off and stays so. A single ``weight.<criterion>`` is set afterwards,
    so it can still leave one out.

    Parameters
    ----------
    criteria
        Entries of the model by key; changed in place.
    district
        The district's file: ``[model] weights = "equal"`` holds for every theme.
    settings
        All settings; ``weights.<theme>=equal`` holds for one theme.
    faults
        Is told of any other word than ``equal`` and of themes that do not exist.
    """
    themes = set()
    section = district.get("model", {})
    said = section.get("weights") if isinstance(section, dict) else None
    if said == EQUAL:
        themes = set(THEMES)
    elif said is not None:
        faults.tell(f'[model] weights 只能是 "equal"（{said!r}）', f'[model] weights can only be "equal" ({said!r})')
    for key, text in settings.items():
        theme = key.removeprefix(SETTING)
        if not key.startswith(SETTING):
            continue
        if theme not in THEMES:
            known = ", ".join(THEMES)
            faults.tell(f"{key}：没有主题 {theme}，可用的有 {known}", f"setting {key}: unknown theme, none of {known}")
        elif text.strip() != EQUAL:
            faults.tell(f"{key}={text}：只能是 equal", f"setting {key}={text!r} can only be equal")
        themes.add(theme)
    for key, entry in criteria.items():
        if entry.get("theme") in themes and entry.get("weight") != 0:
            criteria[key] = entry | {"weight": 1.0}
    return {key: text for key, text in settings.items() if not key.startswith(SETTING)}
