"""What the parameters that price an account are called, for a reader."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICE_TITLES: Mapping[str, Note] = MappingProxyType(
    {
        "parking.tariff.resid_monthly": Note("停车月租", "Monthly rent of a stall"),
        "parking.occupancy.monthly": Note("月租车位出租率", "Share of stalls let by the month"),
        "parking.capex.surface": Note("地面车位造价", "Cost of a surface stall"),
        "parking.opex_share": Note("停车运营支出占收入", "Running cost of parking, of its income"),
        "parking.capex.mech_lift_slide": Note("升降横移车位造价", "Cost of a lift-slide stall"),
        "parking.mech_idle_rate": Note("机械车位空置率", "Share of mechanical stalls that stay empty"),
        "parking.opex.mech_of_equipment": Note("机械车位年维护占设备", "Upkeep of mechanical stalls, of equipment"),
        "ev.capex.dc120": Note("直流充电桩造价", "Cost of a DC pile"),
        "ev.utilisation.dc": Note("充电桩利用率", "Use of a pile, of its rated energy"),
        "ev.power.dc": Note("充电桩功率", "Power of a pile"),
        "ev.service_fee": Note("充电服务费", "Charging service fee"),
        "ev.opex_share": Note("充电运营支出占收入", "Running cost of charging, of its income"),
        "charging.site_rent.pile_month": Note("充电桩场地租", "Site rent of a pile"),
        "ebike.site_rent.port_month": Note("电动自行车端口场地租", "Site rent of an e-bike port"),
        "ebike.revenue_port_day": Note("电动自行车端口日收入", "Daily income of an e-bike port"),
        "ebike.capex_port": Note("电动自行车端口造价", "Cost of an e-bike port"),
        "pocket_park.capex_m2": Note("口袋公园造价", "Cost of a pocket park"),
        "pocket_park.opex_m2": Note("口袋公园年养护", "Upkeep of a pocket park"),
        "fin.rent.community_shop": Note("社区商铺租金", "Rent of a community shop"),
        "market.stall_rent_factor": Note("市集摊位租金系数", "Rent of a market stand, of a shop's"),
        "market.occupancy": Note("市集出租率", "Share of market stands let"),
        "market.lettable_share": Note("市集可出租比例", "Share of a market site that can be let"),
        "market.opex_share": Note("市集运营支出占收入", "Running cost of a market, of its income"),
        "market.capex_m2": Note("市集造价", "Cost of a market"),
        "room.fitout_m2": Note("用房装修造价", "Fit-out of a room"),
        "room.opex_m2": Note("用房年运营支出", "Running cost of a room"),
        "room.lettable_share": Note("用房可出租比例", "Share of a room that can be let"),
        "heritage.rent_public_good": Note("公益用途租金比例", "Rent for the public good, of the reference rent"),
        "heritage.rent_creative_after_y1": Note("文创用途次年起租金比例", "Rent of creative use from year 2"),
        "heritage.repair_m2": Note("历史建筑修缮造价", "Repair of a heritage building"),
        "heritage.opex_m2": Note("历史建筑年运营支出", "Running cost of a heritage building"),
        "heritage.lease_max_state_owned": Note("国有历史建筑最长租期", "Longest lease of state-owned heritage"),
        "reno.cost_per_household": Note("老旧小区改造户均投资", "Renovation cost of a household"),
        "reno.gov_share": Note("改造投资财政出资比例", "State's share of renovation"),
        "reno.private_share": Note("改造投资企业出资比例", "Enterprise's share of renovation"),
        "reno.property_fee_m2_month": Note("改造后物业费", "Property fee after renovation"),
        "reno.property_fee_collection": Note("物业费收缴率", "Share of property fees collected"),
        "reno.upkeep_m2_month": Note("改造后长效管养支出", "Upkeep after renovation"),
        "corridor.cost_m": Note("彩绘墙造价", "Cost of a mural wall"),
        "corridor.upkeep_share": Note("彩绘墙年维护占投资", "Upkeep of a mural wall, of its cost"),
        "hall_of_fame.capex_m2": Note("名人堂造价", "Cost of a hall of fame"),
        "hall_of_fame.upkeep_share": Note("名人堂年维护占投资", "Upkeep of a hall of fame, of its cost"),
        "museum.exhibit_m2": Note("布展造价", "Cost of a display"),
        "museum.opex_m2": Note("展馆年运营支出", "Running cost of a museum"),
        "culture_market.fee_m2_day": Note("文化集市摊位日租", "Daily fee of a culture market stand"),
        "culture_market.days": Note("文化集市年开市天数", "Days of a culture market"),
        "culture_market.capex_m2": Note("文化集市造价", "Cost of a culture market"),
        "red_stop.capex_m2": Note("红色线路站点造价", "Cost of a red route stop"),
        "red_stop.upkeep_share": Note("红色线路站点年维护占投资", "Upkeep of a red route stop, of its cost"),
        "fin.asset_life.surface": Note("地面设施寿命", "Life of what stands outdoors"),
        "fin.asset_life.mechanical": Note("机械车位寿命", "Life of mechanical stalls"),
        "fin.asset_life.charger": Note("充电设施寿命", "Life of chargers"),
        "fin.horizon.building": Note("装修与构筑物寿命", "Life of a fit-out"),
        "fin.concession_default": Note("默认经营期限", "Usual term"),
        "fin.discount_rate.project": Note("折现率", "Discount rate"),
        "fin.loan_rate": Note("贷款利率", "Loan rate"),
        "fin.debt_cover_min": Note("最低偿债备付率", "Least debt cover"),
        "fin.tax.revenue_share": Note("收入税费率", "Tax on income"),
        "fin.tax.profit_share": Note("所得税率", "Tax on profit"),
        "fin.tax.loss_years": Note("亏损结转年限", "Years for which a loss is carried"),
        "fin.reinstatement_m2": Note("到期复原单价", "Clearing the land at the end"),
        "fin.pledgeable.treasury": Note("财政收入可还本比例", "Share of the treasury's income that may repay"),
        "fin.pledgeable.owners": Note("业主共有收入可还本比例", "Share of the owners' income that may repay"),
        "fin.pledgeable.collective": Note("集体收入可还本比例", "Share of a collective's income that may repay"),
        "fin.pledgeable.state_enterprise": Note(
            "国企收入可还本比例", "Share of a state enterprise's income that may repay"
        ),
        "fin.pledgeable.operator": Note("经营方收入可还本比例", "Share of the operator's income that may repay"),
        "fin.pledgeable.unknown": Note("归属不明收入可还本比例", "Share of income of unknown owners that may repay"),
        "fin.pledgeable.trust": Note("代管收入可还本比例", "Share of income held in trust that may repay"),
        "size.stalls": Note("泊位数", "Number of stalls"),
        "size.chargers": Note("充电设施数", "Number of chargers or ports"),
        "size.near_night_gap": Note("步行范围内夜间缺口(倍)", "Night gap within the walk, times"),
    }
)
"""Parameter, or ``size.`` and the column of a number of units, -> its title."""


def price_title(key: str) -> Note:
    """Return the title of a parameter of an account, its key where it has none."""
    return PRICE_TITLES.get(key, Note(key, key))
