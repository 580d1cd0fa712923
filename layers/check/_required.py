"""Values that a record of its kind cannot do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from layers.check._subject import Subject


def check_required(subject: Subject) -> None:
    """Warn of records that lack a value which the schema declares as required."""
    for field in subject.kind.fields:
        if not field.required:
            continue
        values = subject.frame.get(field.name, pd.Series(pd.NA, index=subject.frame.index))
        subject.warn(
            "required", f"缺少“{field.zh}”，这类记录必须填写", f"{field.name} is missing, and its kind requires it",
            values.isna().to_numpy(dtype=bool), field=field.name,
        )  # fmt: skip
