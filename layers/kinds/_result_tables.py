"""What a run tells beside its opportunities: accounts by year, days that fall due, sub-districts, stalls on plots."""

from __future__ import annotations

from layers.kinds._columns import ROOM_INCOME_OWNERS, SUBDISTRICT
from layers.kinds._results import ACTIONS, COMMON, SAMPLE, band, told
from layers.schema import Field, Kind

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
        Field("other_income_cny", "float", "其他收入(净)", "Other income less its cost", "CNY"),
        Field("opex_cny", "float", "运营支出", "Running cost", "CNY"),
        Field("land_rent_cny", "float", "地租或场地租", "Land or site rent", "CNY"),
        Field("tax_cny", "float", "税费", "Taxes", "CNY"),
        Field("reinstatement_cny", "float", "复原费", "Clearing the land", "CNY"),
        Field("net_cny", "float", "净额", "Net", "CNY"),
        Field("cumulative_cny", "float", "累计", "Cumulative", "CNY"),
        Field("discounted_cny", "float", "净额现值", "Net in money of year 0", "CNY"),
        SUBDISTRICT,
        SAMPLE,
    ),
)

ACCOUNT_BASIS = Kind(
    "account_basis",
    "账目依据",
    "Basis of the accounts",
    "result",
    (),
    id_field="opportunity_id",
    fields=(
        Field("opportunity_id", "string", "机会编号", "Opportunity id", required=True),
        Field("asset_id", "string", "资产编号", "Asset id", required=True),
        Field("action", "string", "活化动作", "Action", codes=ACTIONS, required=True),
        SUBDISTRICT,
        Field("horizon_years", "float", "可用年限", "Years granted", "years"),
        *band("stalls", "泊位", "Stalls", "stalls"),
        *band("chargers", "充电设施", "Chargers or ports", "piles or ports"),
        Field("area_m2", "float", "可用面积", "Usable area", "m2"),
        Field("household_count", "float", "户数", "Households", "households"),
        Field("wall_m", "float", "墙面长度", "Length of wall", "m"),
        *band("near_night_gap", "步行范围内夜间缺口", "Night gap within the walk", "stalls"),
        Field("has_land", "bool", "有地租", "Rent of land is due"),
        Field("land_rent_cny_m2_month", "float", "地租单价", "Land rent", "CNY/m2/month"),
        Field("clears_at_end", "bool", "到期复原", "Land is cleared at the end"),
        Field("income_owner", "string", "收入归属", "Whose income", codes=ROOM_INCOME_OWNERS),
        Field(
            "pledgeable_share", "float", "文件所定还本比例", "Share that may repay, by its own papers", "fraction", 0, 1
        ),
        Field("pledge_document", "string", "还本文件", "Document of that share"),
        Field("rent_terms", "string", "出租条件", "Terms of letting"),
        Field("reference_rent_cny_m2_month", "float", "周边参考租金", "Rent known for the place", "CNY/m2/month"),
        Field("funding_state_share", "float", "财政出资比例", "Share paid by the state", "fraction", 0, 1),
        Field("funding_owner_share", "float", "产权人出资比例", "Share paid by the owner", "fraction", 0, 1),
        Field("funding_residents_share", "float", "居民出资比例", "Share paid by residents", "fraction", 0, 1),
        SAMPLE,
    ),
)

CLOCK_EVENTS = {
    "start_due": ("约定动工", "Works are to start"),
    "fee_due": ("应缴闲置费", "Idle-land fee falls due"),
    "reclaim_due": ("可无偿收回", "May be taken back without compensation"),
    "available_until": ("可用期限届满", "Term of use ends"),
    "lease_end": ("租期届满", "Lease ends"),
}
CLOCK = Kind(
    "clock",
    "期限日历",
    "Clock",
    "result",
    ("point", "polygon", "line"),
    id_field="clock_id",
    fields=(
        Field("clock_id", "string", "期限编号", "Clock id", required=True),
        Field("asset_kind", "string", "资产类别", "Kind of asset", required=True),
        Field("asset_id", "string", "资产编号", "Asset id", required=True),
        *COMMON,
        Field("event", "string", "事项", "Event", codes=CLOCK_EVENTS, required=True),
        Field("start_date", "date", "起算日期", "Counted from"),
        Field("event_date", "date", "到期日期", "Falls on", required=True),
        Field("months_left", "float", "剩余月数(已过为负)", "Months left, below 0 when past", "months"),
        Field("is_past", "bool", "已到期", "Past"),
        Field("fee_cny", "float", "闲置费(估)", "Idle-land fee, estimated", "CNY"),
        Field("fitting_uses", "string", "可回本的临时用途", "Temporary uses that pay back in time, the soonest first"),
        *told("fitting_note", "临时用途回本情况", "How the temporary uses come out"),
        *told("authority", "主管部门", "Authority"),
        *told("note", "说明", "Note"),
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
        Field("old_missing_basic_count", "int", "缺基础类的老旧小区", "Old, lacking basic items", "communities"),
        Field("old_missing_improve_count", "int", "缺完善类的老旧小区", "Old, lacking improving items", "communities"),
        Field("old_missing_upgrade_count", "int", "缺提升类的老旧小区", "Old, lacking upgrading items", "communities"),
        Field("elderly_share", "float", "老年人口占比", "Share of people over 60", "fraction", 0, 1),
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
        Field(
            "top10_count",
            "int",
            "进前十的机会(两个主题合计)",
            "Opportunities in the top ten of either theme",
            "opportunities",
        ),
        Field("best_score", "float", "最高得分", "Best score", "", 0, 1),
        Field("unlocated_count", "int", "待落图记录", "Records not yet placed", "records"),
        SAMPLE,
    ),
)

STALL_LAYOUT = Kind(
    "stall_layout",
    "泊位布置",
    "Stall layout",
    "result",
    ("polygon",),
    id_field="stall_layout_id",
    fields=(
        Field("stall_layout_id", "string", "图形编号", "Shape id", required=True),
        Field("opportunity_id", "string", "机会编号", "Opportunity id", required=True),
        Field("asset_id", "string", "资产编号", "Asset id", required=True),
        Field(
            "part",
            "string",
            "组成",
            "Part",
            codes={"stall": ("泊位", "Stall"), "aisle": ("通道", "Aisle"), "entrance": ("出入口", "Entrance")},
            required=True,
        ),
        Field(
            "module",
            "string",
            "停放方式",
            "How stalls stand",
            codes={
                "90": ("垂直式", "At 90 degrees"),
                "60": ("60°斜列式", "At 60 degrees"),
                "parallel": ("平行式", "Parallel"),
            },
        ),
        Field("angle_deg", "float", "通道方向", "Direction of the aisles, from east", "degree", 0, 180),
        SUBDISTRICT,
        SAMPLE,
    ),
)
