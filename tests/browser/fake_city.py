"""A small fictional town that answers like the server, for pages in states the sample city is never in.

Everything here is invented and marked as sample data. ``FakeCity().answer(path)`` is the JSON of an ``/api`` address.
"""

from __future__ import annotations

import math
import random
from typing import Any

from .fake_ground import BLOCKS, SOUTH, STEP, WEST, feature, layers, polygon
from .fake_terms import ACTIONS, COLUMNS, CRITERIA, LAYER_TITLES, PERMISSIONS, SAMPLE, THEMES


class FakeCity:
    """Answers for every address of the contract.

    Parameters
    ----------
    name_of
        Name of site ``i``; give a hostile one to see that it is shown as text.
    """

    def __init__(self, name_of: Any = None) -> None:
        self.random = random.Random(7)  # noqa: S311
        self.name_of = name_of or (lambda i: f"望榕里{i + 1}号地块")
        self.layers = layers(self.random)
        self.rows = self._rows()
        self.layers["opportunity"] = [
            feature(
                row["opportunity_id"],
                polygon(row["lon"] - 2e-4, row["lat"] - 2e-4, 4e-4, 4e-4),
                **{key: row[key] for key in ("opportunity_id", "name", "theme", "action", "permission", "rank")},
            )
            for row in self.rows
        ]

    def _rows(self) -> list[dict[str, Any]]:
        rows = [self._row(i, action) for i in range(60) for action in self._actions_of(i)]
        for theme in THEMES:
            best: dict[str, dict[str, Any]] = {}
            for row in rows:
                if row["theme"] != theme or row["permission"] == "forbidden":
                    continue
                kept = best.get(row["asset_id"])
                if kept is None or row["score"] > kept["score"]:
                    best[row["asset_id"]] = row
            for rank, row in enumerate(sorted(best.values(), key=lambda item: -item["score"]), start=1):
                row |= {"rank": rank, "rank_p10": max(1, rank - 1 - rank // 4), "rank_p90": rank + 2 + rank // 3}
        return rows

    @staticmethod
    def _actions_of(i: int) -> tuple[str, ...]:
        return ("heritage_reuse", "culture_corridor") if i % 3 == 0 else tuple(ACTIONS)[i % 2 : i % 2 + 3]

    def _row(self, i: int, action: str) -> dict[str, Any]:
        draw = self.random
        theme = ACTIONS[action][2]
        kind = "heritage" if theme == "heritage" else "idle_land"
        values = {key: round(draw.random(), 3) for key, *_ in CRITERIA[theme]}
        if i % 7 == 3:
            values[next(iter(values))] = None
        parts = [(0.5 if values[key] is None else values[key], weight) for key, *_, weight in CRITERIA[theme]]
        score = sum(value * weight for value, weight in parts)
        slack = sum(weight for (key, *_, weight) in CRITERIA[theme] if values[key] is None) / 2
        area = 400 + 90 * i
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        return row | {
            "opportunity_id": f"opp-{i}-{action}",
            "theme": theme,
            "action": action,
            "asset_kind": kind,
            "asset_id": f"{kind}-{i}",
            "name": self.name_of(i),
            "subdistrict_code": f"SD0{1 + i % 4}",
            "score": score,
            "score_low": score - slack,
            "score_high": score + slack,
            "permission": tuple(PERMISSIONS)[(i // 2) % 4],
            "people_served": float(300 + 41 * i),
            "stalls": area // 28 if action == "surface_parking" else None,
            "capex_cny": 6000.0 * (area // 28),
            "npv_cny": 15_000.0 * (i - 20),
            "payback_years": 1.5 + i / 10 if i % 5 else None,
            "confidence": ("high", "medium", "low")[i % 3],
            "area_m2": float(area),
            "lon": WEST + STEP * (0.5 + (i * 5) % BLOCKS),
            "lat": SOUTH + STEP * (0.5 + (i * 7 + i // 12) % BLOCKS),
            **{f"v_{key}": value for key, value in values.items()},
        }

    def workspace(self) -> dict[str, Any]:
        """Answer of ``/api/workspace``."""
        return {
            "name": "示例城区",
            "is_sample": True,
            "notice": SAMPLE,
            "extent": [WEST, SOUTH, WEST + STEP * BLOCKS, SOUTH + STEP * BLOCKS],
            "view": [WEST, SOUTH, WEST + STEP * BLOCKS, SOUTH + STEP * BLOCKS],
            "layers": [
                {
                    "kind": kind,
                    "zh": zh,
                    "en": en,
                    "role": role,
                    "geometry": [geometry],
                    "count": len(self.layers[kind]),
                    "unlocated_count": 3 if kind == "community" else 0,
                    "data_date": "2026-06-30",
                    "accepted_at": "2026-07-01T08:00:00Z",
                    "source": "sample",
                    "licence": "CC0-1.0",
                    "attribution": "Panhuo sample",
                    "crs_note": None,
                    "version": "v1",
                    "url": f"/api/layers/{kind}.geojson?v=v1",
                }
                for kind, (zh, en, role, geometry) in LAYER_TITLES.items()
            ],
            "run": {
                "run_id": "run-1",
                "as_of": "2026-07-01",
                "created_at": "2026-07-01T08:10:00Z",
                "seed": 1,
                "version": "0.1.0",
                "notes": [{"zh": "没有夜间普查图层，停车缺口按区间估计", "en": "No night survey: gaps are bands"}],
                "model": None,
                "changed_layers": [],
            },
        }

    def schema(self) -> dict[str, Any]:
        """Answer of ``/api/schema`` (the coded columns only)."""

        def coded(name: str, zh: str, en: str, codes: dict[str, tuple[str, ...]]) -> dict[str, Any]:
            held = {code: {"zh": titles[0], "en": titles[1]} for code, titles in codes.items()}
            return {"name": name, "dtype": "string", "zh": zh, "en": en, "unit": "", "codes": held}

        opportunity = [
            coded("theme", "主题", "Theme", THEMES),
            coded("action", "活化动作", "Action", ACTIONS),
            coded("permission", "许可", "Permission", PERMISSIONS),
        ]
        classes = {"historic_building": ("历史建筑", "Historic building"), "district_unit": ("区级", "District site")}
        heritage = [coded("heritage_class", "保护级别", "Legal class", classes)]
        kinds = {
            layer["kind"]: {key: layer[key] for key in ("zh", "en", "role", "geometry")}
            | {"id_field": "asset_id", "fields": []}
            for layer in self.workspace()["layers"]
        }
        kinds["opportunity"] |= {"id_field": "opportunity_id", "fields": opportunity}
        kinds["heritage"]["fields"] = heritage
        return {"kinds": kinds}

    def model(self) -> dict[str, Any]:
        """Answer of ``/api/model``."""
        return {
            "criteria": [
                {
                    "key": key,
                    "theme": theme,
                    "zh": zh,
                    "en": en,
                    "unit": unit,
                    "weight": weight,
                    "direction": "benefit",
                    "function": {"type": "linear"},
                    "source": "ASSUMPTION",
                    "confidence": "low",
                }
                for theme, criteria in CRITERIA.items()
                for key, zh, en, unit, weight in criteria
            ],
            "actions": {code: {"zh": zh, "en": en, "themes": [theme]} for code, (zh, en, theme) in ACTIONS.items()},
            "permissions": {code: {"zh": zh, "en": en} for code, (zh, en) in PERMISSIONS.items()},
        }

    def detail(self, identifier: str) -> dict[str, Any]:
        """Answer of ``/api/opportunities/{id}``."""
        row = next(item for item in self.rows if item["opportunity_id"] == identifier)
        return {
            "properties": row
            | {
                "permission_reason": "控制地带内的修缮须先征得文物主管部门同意",
                "permission_source": "示例文号〔2025〕1号",
                "authority": "区文物主管部门",
                "next_step": "向区文物主管部门报送设计方案",
                "lead_dept": "区住建局",
                "decision_level": "district",
                "clock": "临时使用不超过2年",
                "npv_low_cny": row["npv_cny"] - 2e5,
                "npv_high_cny": row["npv_cny"] + 3e5,
                "account_note": "缺地租",
                "account_note_en": "Land rent is not known",
                "horizon_years": 10,
            },
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "asset": {"asset_id": row["asset_id"], "name": row["name"]},
            "contributions": self._contributions(row),
            "cashflow": self._cashflow(row["capex_cny"]),
            "layout": [],
            "alternatives": [
                {key: item[key] for key in ("opportunity_id", "theme", "action", "score", "permission")}
                for item in self.rows
                if item["asset_id"] == row["asset_id"] and item is not row
            ],
            "parameters": [
                {
                    "key": "parking.tariff",
                    "value": 450,
                    "low": 300,
                    "high": 600,
                    "unit": "CNY/month",
                    "source": "ASSUMPTION: 示例",
                    "confidence": "low",
                    "is_assumption": True,
                }
            ],
            "is_sample": True,
        }

    @staticmethod
    def _contributions(row: dict[str, Any]) -> list[dict[str, Any]]:
        found = []
        for key, zh, en, unit, weight in CRITERIA[row["theme"]]:
            value = row[f"v_{key}"]
            missing = value is None
            found.append(
                {
                    "key": key,
                    "zh": zh,
                    "en": en,
                    "unit": unit,
                    "raw": None if missing else round(200 * value, 1),
                    "value": value,
                    "weight": weight,
                    "contribution": weight * (0.5 if missing else value),
                    "missing": missing,
                    "source": "GB/T 51149-2016 5.1.4",
                }
            )
        return found

    @staticmethod
    def _cashflow(capex: float) -> list[dict[str, Any]]:
        years, total = [], 0.0
        for year in range(11):
            revenue = 0.0 if year == 0 else 0.45 * capex * (1 - math.exp(-year))
            opex, rent = 0.3 * revenue, 0.05 * revenue
            net = revenue - opex - rent - (capex if year == 0 else 0)
            total += net
            years.append(
                {
                    "year": year,
                    "capex_cny": capex if year == 0 else 0.0,
                    "revenue_cny": revenue,
                    "other_income_cny": 0.0,
                    "tax_cny": 0.0,
                    "reinstatement_cny": None,
                    "opex_cny": opex,
                    "land_rent_cny": rent,
                    "net_cny": net,
                    "cumulative_cny": total,
                }
            )
        return years

    def answer(self, path: str) -> dict[str, Any] | None:
        """Return the JSON of an address (without its query), or None where there is nothing."""
        plain: dict[str, Any] = {
            "/healthz": lambda: {"status": "ok", "version": "0.1.0", "workspace": True},
            "/api/workspace": self.workspace,
            "/api/schema": self.schema,
            "/api/model": self.model,
            "/api/opportunities": lambda: {
                "run_id": "run-1",
                "columns": COLUMNS,
                "rows": [[row[column] for column in COLUMNS] for row in self.rows],
            },
        }
        if path in plain:
            return plain[path]()
        if path.startswith("/api/layers/"):
            kind = path.removeprefix("/api/layers/").removesuffix(".geojson")
            return {"type": "FeatureCollection", "features": self.layers[kind]}
        if path.startswith("/api/opportunities/"):
            return self.detail(path.removeprefix("/api/opportunities/"))
        return None
