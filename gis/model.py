"""The model: every parameter, criterion, action and dated rule that an analysis uses, each with its source.

The packaged file ``gis/models/guangzhou.toml`` holds the defaults. A district lays a small TOML file of its own over
it, and single values can be set with ``key=value``. Everything is checked once, here, and all faults are reported
together.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from dataclasses import asdict, dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gis._model_checks import ALLOWED, checked
from gis._model_parts import (
    ASSUMPTION,
    Action,
    Criterion,
    Exclusion,
    HeritageRule,
    Parameter,
    Reuse,
    Rule,
)
from gis._renovation_words import RenovationItem, renovation_items
from gis._values import ValueFunction
from layers.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ASSUMPTION",
    "Action",
    "Criterion",
    "Exclusion",
    "HeritageRule",
    "Model",
    "Parameter",
    "RenovationItem",
    "Reuse",
    "Rule",
    "ValueFunction",
]

PACKAGED = "guangzhou.toml"

DECIDING = ("bundle.", "route.", "site.")
"""How the parameters begin that no analysis reads: those of decisions made on a finished one."""


@dataclass(frozen=True)
class Model:
    """Parameters, criteria, actions and rules, checked. ``model["parking.stall_area.surface"]`` is a parameter.

    ``sha256`` is of all of it, ``analysis_sha256`` of what an analysis reads: models that differ in parameters of
    decisions alone (:data:`DECIDING`) share it.
    """

    name: str
    parameters: Mapping[str, Parameter] = field(repr=False)
    criteria: tuple[Criterion, ...] = field(repr=False)
    actions: Mapping[str, Action] = field(repr=False)
    rules: Mapping[str, Rule] = field(repr=False)
    heritage_rules: tuple[HeritageRule, ...] = field(repr=False)
    exclusions: Mapping[str, Exclusion] = field(repr=False)
    reuse: Mapping[str, Reuse] = field(repr=False)
    levels: Mapping[str, float] = field(repr=False)
    renovation_items: tuple[RenovationItem, ...] = field(repr=False)
    sha256: str = ""
    analysis_sha256: str = ""

    @classmethod
    def load(
        cls, text: str | None = None, overrides: Mapping[str, str] | None = None, *, file: str = "the model file"
    ) -> Model:
        """Return the packaged model with a district's file and single settings laid over it.

        Parameters
        ----------
        text
            TOML of the district's file: any of the packaged file's entries, whole or in part.
        overrides
            ``parking.tariff.resid_monthly -> "380"``, ``weight.<criterion> -> "0.3"``,
            ``weights.<theme> -> "equal"``.
        file
            How errors name the district's file.

        Raises
        ------
        ModelError
            If the file is no TOML, or with every fault at once: unknown keys, wrong types, values outside their
            range, weights that sum to zero.
        SettingError
            If only the overrides are at fault.
        """
        document = _parsed(_packaged(PACKAGED), PACKAGED)
        base = document["model"]["name"]
        district = _parsed(text, file) if text is not None else {}
        parts = checked(document, district, overrides or {}, _packaged_rows("heritage_rules.csv"), file=file)
        parts["renovation_items"] = renovation_items(_packaged_rows("renovation_items.csv"))
        read = {key: item for key, item in parts["parameters"].items() if not key.startswith(DECIDING)}
        return cls(
            name=str(district.get("model", {}).get("name", base)),
            sha256=_digest(parts),
            analysis_sha256=_digest({**parts, "parameters": read}),
            **_frozen(parts),
        )

    def __getitem__(self, key: str) -> Parameter:
        try:
            return self.parameters[key]
        except KeyError:
            raise ModelError(
                f"the model has no parameter {key!r}",
                f"模型没有参数 {key!r}",
                hint="see gis/models/guangzhou.toml",
                hint_zh="见 gis/models/guangzhou.toml",
            ) from None

    def value(self, key: str) -> float:
        """Return the value of parameter ``key``.

        Raises
        ------
        ModelError
            If there is no such parameter, or the source gives no value for it.
        """
        found = self[key].value
        if found is None:
            raise ModelError(
                f"parameter {key!r} has no value",
                f"参数 {key!r} 没有值",
                hint="set it in the district's model file",
                hint_zh="请在本区的模型文件里写明",
            )
        return found

    def low(self, key: str) -> float:
        """Return the low end of parameter ``key``, its value where no range is given."""
        low = self[key].low
        return self.value(key) if low is None else low

    def high(self, key: str) -> float:
        """Return the high end of parameter ``key``, its value where no range is given."""
        high = self[key].high
        return self.value(key) if high is None else high

    def theme_criteria(self, theme: str) -> tuple[Criterion, ...]:
        """Return the criteria of ``theme`` in the model's order."""
        return tuple(item for item in self.criteria if item.theme == theme)

    def weights(self, theme: str) -> dict[str, float]:
        """Return the weights of ``theme`` by criterion, normalised to sum 1."""
        raw = {item.key: item.weight for item in self.theme_criteria(theme)}
        total = sum(raw.values())
        return {key: weight / total for key, weight in raw.items()}


def _packaged(name: str) -> str:
    return resources.files("gis").joinpath("models", name).read_text(encoding="utf-8")


def _packaged_rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_packaged(name))))


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+), column (\d+)", str(error))
        sections = ", ".join(f"[{name}]" for name in ALLOWED)
        raise ModelError(
            f"{file} is not valid TOML ({error})",
            f"{file} {f'第 {at[1]} 行第 {at[2]} 列' if at else '末尾'}不合 TOML 写法",
            hint=f"mend it there; sections are {sections}",
            hint_zh=f"请改正该处；可用的节有 {sections}",
        ) from error


def _frozen(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: MappingProxyType(part) if isinstance(part, dict) else part for name, part in parts.items()}


def _digest(parts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(_plain(parts), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(parts: Any) -> Any:
    if isinstance(parts, dict):
        return {key: _plain(part) for key, part in parts.items()}
    if isinstance(parts, tuple | list):
        return [_plain(part) for part in parts]
    if hasattr(parts, "__dataclass_fields__"):
        return _plain(asdict(parts))
    return parts if isinstance(parts, str | int | float | bool | None) else str(parts)
