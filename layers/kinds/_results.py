"""What a run produces. Criterion columns (``x_…`` raw, ``v_…`` valued) are declared by the run's manifest."""

from __future__ import annotations

from layers.kinds._columns import ROOM_INCOME_OWNERS, SUBDISTRICT
from layers.schema import Field, Kind

THEMES = {"revitalization": ("盘活", "Revitalisation"), "heritage": ("文化活化", "Heritage")}
ACTIONS = {
    "surface_parking": ("地面停车场", "Surface parking"),
    "mechanical_parking": ("机械停车", "Mechanical parking"),
    "charging": ("汽车充电", "Charging"),
    "ebike_charging": ("电动自行车充电", "E-bike charging"),
    "pocket_park": ("口袋公园", "Pocket park"),
    "market": ("便民市集", "Market"),
    "community_service": ("社区服务", "Community service"),
    "culture_space": ("文化空间", "Culture space"),
    "renovation": ("老旧小区改造", "Renovation"),
    "heritage_reuse": ("文物活化利用", "Heritage reuse"),
    "culture_corridor": ("彩绘墙与文化长廊", "Mural wall and culture corridor"),
}
PERMISSIONS = {
    "allowed": ("可行", "Allowed"),
    "approval": ("须报批", "Needs approval"),
    "unclear": ("待核实", "Unclear"),
    "forbidden": ("禁止", "Forbidden"),
}
DECISION_LEVELS = {
    "sub_district": ("镇街", "Sub-district"),
    "district": ("区", "District"),
    "city": ("市", "City"),
    "province": ("省", "Province"),
    "state": ("国家", "State"),
}
COMMON = (
    Field("name", "string", "名称", "Name"),
    SUBDISTRICT,
)
SAMPLE = Field("is_sample", "bool", "示例数据", "Sample data")


def band(name: str, zh: str, en: str, unit: str) -> tuple[Field, Field, Field]:
    """Return a quantity with its low and high end."""
    return (
        Field(name, "float", zh, en, unit),
        Field(f"{name}_low", "float", f"{zh}(低)", f"{en}, low", unit),
        Field(f"{name}_high", "float", f"{zh}(高)", f"{en}, high", unit),
    )


def told(name: str, zh: str, en: str) -> tuple[Field, Field]:
    """Return a text that a run writes, and its English twin."""
    return Field(name, "string", zh, en), Field(f"{name}_en", "string", f"{zh}(英文)", f"{en}, in English")


NEED = Kind(
    "need",
    "需求缺口",
    "Need",
    "result",
    ("polygon", "point"),
    id_field="asset_id",
    fields=(
        Field("asset_id", "string", "小区编号", "Community id"),
        *COMMON,
        Field("is_old", "bool", "老旧小区", "Old by rule"),
        *told("old_reason", "认定理由", "Why old or not"),
        Field("household_count", "int", "户数", "Households", "households"),
        Field("people", "float", "人口(估)", "People, estimated", "persons"),
        *band("vehicles", "夜间车辆", "Vehicles at night", "vehicles"),
        Field("stalls_on_site", "float", "小区内泊位", "Stalls on site", "stalls"),
        Field("stalls_nearby", "float", "周边可用泊位", "Stalls within the walk, shared", "stalls"),
        *band("night_gap_stalls", "夜间停车缺口", "Night gap", "stalls"),
        Field("chargers_nearby", "float", "周边充电桩", "Chargers within reach, shared", "piles"),
        *band("charger_gap_piles", "充电桩缺口", "Charger gap", "piles"),
        *band("ebike_gap_ports", "电动自行车端口缺口", "E-bike port gap", "ports"),
        Field("services_missing_count", "int", "缺失服务数", "Services missing", "services"),
        Field("services_missing", "string", "缺失服务", "Which services are missing"),
        Field("report_count", "int", "300米内诉求数", "Reports within reach", "reports"),
        Field("parking_report_count", "int", "停车诉求数", "Parking reports within reach", "reports"),
        Field("reach_method", "string", "可达性方法", "How walking was measured"),
        Field("missing", "string", "缺少的数据", "Data that is missing"),
        SAMPLE,
    ),
)

OPPORTUNITY = Kind(
    "opportunity",
    "机会",
    "Opportunity",
    "result",
    ("point", "polygon", "line"),
    id_field="opportunity_id",
    fields=(
        Field("opportunity_id", "string", "机会编号", "Opportunity id", required=True),
        Field("theme", "string", "主题", "Theme", codes=THEMES, required=True),
        Field("action", "string", "活化动作", "Action", codes=ACTIONS, required=True),
        Field("asset_kind", "string", "资产类别", "Kind of asset", required=True),
        Field("asset_id", "string", "资产编号", "Asset id", required=True),
        *COMMON,
        Field("rank", "int", "名次", "Rank", low=1),
        Field("score", "float", "得分", "Score", "", 0, 1),
        Field("score_low", "float", "得分下限", "Score, low", "", 0, 1),
        Field("score_high", "float", "得分上限", "Score, high", "", 0, 1),
        Field("rank_p10", "int", "名次P10", "Rank, 10th percentile", low=1),
        Field("rank_p90", "int", "名次P90", "Rank, 90th percentile", low=1),
        Field("top_share", "float", "进入前十的概率", "Share of draws in the top ten", "fraction", 0, 1),
        *told("lead_dept", "牵头部门", "Lead department"),
        *told("co_depts", "配合部门", "Co-departments"),
        Field("decision_level", "string", "决策层级", "Level of decision", codes=DECISION_LEVELS),
        Field("permission", "string", "许可", "Permission", codes=PERMISSIONS, required=True),
        *told("permission_reason", "许可理由", "Reason of the permission"),
        Field("permission_source", "string", "依据文号", "Document behind the permission"),
        *told("authority", "审批机关", "Authority"),
        *told("next_step", "下一步", "Next step"),
        Field("area_m2", "float", "可用面积", "Usable area", "m2"),
        Field("people_served", "float", "服务人口", "People served", "persons"),
        Field("stalls", "int", "泊位", "Stalls", "stalls"),
        Field("stalls_low", "int", "泊位(低)", "Stalls, low", "stalls"),
        Field("stalls_high", "int", "泊位(高)", "Stalls, high", "stalls"),
        Field("chargers", "int", "充电设施", "Chargers or ports", "piles or ports"),
        Field("capex_cny", "float", "投资", "Capex", "CNY"),
        Field("revenue_cny_year", "float", "年收入", "Revenue", "CNY/year"),
        Field("net_cny_year", "float", "年净收入", "Net income", "CNY/year"),
        Field("npv_cny", "float", "净现值", "NPV", "CNY"),
        Field("npv_low_cny", "float", "净现值(低)", "NPV, low", "CNY"),
        Field("npv_high_cny", "float", "净现值(高)", "NPV, high", "CNY"),
        Field("payback_years", "float", "回收期", "Payback", "years"),
        Field("horizon_years", "float", "可用年限", "Years granted", "years"),
        Field("income_owner", "string", "收入归属", "Whose income", codes=ROOM_INCOME_OWNERS),
        *told("account_note", "账目说明", "Note on the account"),
        *told("clock", "期限", "Clock"),
        Field(
            "confidence",
            "string",
            "置信度",
            "Confidence",
            codes={"high": ("高", "High"), "medium": ("中", "Medium"), "low": ("低", "Low")},
        ),
        Field("missing", "string", "缺少的数据", "Data that is missing"),
        *told("warnings", "提示", "Warnings"),
        SAMPLE,
    ),
)

EXCLUSION = Kind(
    "exclusion",
    "排除项",
    "Exclusion",
    "result",
    ("point", "polygon", "line"),
    id_field="exclusion_id",
    fields=(
        Field("exclusion_id", "string", "排除编号", "Exclusion id", required=True),
        Field("asset_kind", "string", "资产类别", "Kind of asset", required=True),
        Field("asset_id", "string", "资产编号", "Asset id", required=True),
        *COMMON,
        Field("action", "string", "活化动作", "Action; empty when every action is excluded", codes=ACTIONS),
        Field("rule", "string", "规则", "Rule", required=True),
        Field("reason", "string", "理由", "Reason", required=True),
        Field("reason_en", "string", "理由(英文)", "Reason, in English"),
        Field("source", "string", "依据", "Document behind it"),
        SAMPLE,
    ),
)

CASHFLOW = Kind(
    "cashflow",
    "现金流",
    "Cash flow",
    "result",
    (),
    id_field="cashflow_id",
    fields=(
        Field("cashflow_id", "string", "现金流编号", "Cash-flow id", required=True),
        Field("opportunity_id", "string", "机会编号", "Opportunity id", required=True),
        Field("year", "int", "年序", "Year, 0 is the year of investment", "year", 0, 60),
        Field("capex_cny", "float", "投资", "Capex", "CNY"),
        Field("revenue_cny", "float", "收入", "Revenue", "CNY"),
        Field("opex_cny", "float", "运营支出", "Running cost", "CNY"),
        Field("land_rent_cny", "float", "地租", "Land rent", "CNY"),
        Field("net_cny", "float", "净额", "Net", "CNY"),
        Field("cumulative_cny", "float", "累计", "Cumulative", "CNY"),
        SUBDISTRICT,
        SAMPLE,
    ),
)

SCORECARD = Kind(
    "scorecard",
    "镇街评分卡",
    "Scorecard",
    "result",
    ("polygon",),
    id_field="scorecard_id",
    fields=(
        Field("scorecard_id", "string", "评分卡编号", "Scorecard id", required=True),
        *COMMON,
        Field("month", "string", "月份", "Month"),
        Field("community_count", "int", "小区数", "Communities", "communities"),
        Field("old_community_count", "int", "老旧小区数", "Old communities", "communities"),
        Field("household_count", "int", "户数", "Households", "households"),
        Field("night_gap_stalls", "float", "夜间停车缺口", "Night gap", "stalls"),
        Field("charger_gap_piles", "float", "充电桩缺口", "Charger gap", "piles"),
        Field("services_missing_mean", "float", "平均缺失服务", "Services missing, mean", "services"),
        Field("idle_land_count", "int", "闲置地块", "Idle parcels", "parcels"),
        Field("idle_land_m2", "float", "闲置面积", "Idle area", "m2"),
        Field("vacant_building_count", "int", "空置公房", "Vacant public buildings", "buildings"),
        Field("heritage_count", "int", "文化资源", "Heritage sites", "sites"),
        Field("report_count", "int", "当月诉求", "Reports in the month", "reports"),
        Field("report_closed_share", "float", "当月办结率", "Share closed", "fraction", 0, 1),
        Field("opportunity_count", "int", "机会数", "Opportunities ranked", "opportunities"),
        Field("unlocated_count", "int", "待落图记录", "Records not yet placed", "records"),
        SAMPLE,
    ),
)

RESULTS = (OPPORTUNITY, NEED, EXCLUSION, CASHFLOW, SCORECARD)
