"""Words of the fake town: its actions, permissions, themes, criteria, the columns of its table and its layers."""

from api._results import TABLE_COLUMNS

ACTIONS = {
    "surface_parking": ("地面停车场", "Surface parking", "revitalization"),
    "charging": ("汽车充电", "Charging", "revitalization"),
    "pocket_park": ("口袋公园", "Pocket park", "revitalization"),
    "community_service": ("社区服务", "Community service", "revitalization"),
    "heritage_reuse": ("文物活化利用", "Heritage reuse", "heritage"),
    "culture_corridor": ("彩绘墙与文化长廊", "Mural wall and culture corridor", "heritage"),
}
PERMISSIONS = {
    "allowed": ("可行", "Allowed"),
    "approval": ("须报批", "Needs approval"),
    "unclear": ("待核实", "Unclear"),
    "forbidden": ("禁止", "Forbidden"),
}
THEMES = {"revitalization": ("盘活", "Revitalisation"), "heritage": ("文化活化", "Heritage")}
CRITERIA = {
    "revitalization": (
        ("night_gap", "夜间停车缺口", "Night parking gap", "泊位", 0.4),
        ("people", "服务人口", "People served", "人", 0.3),
        ("payback", "回收期", "Payback", "年", 0.2),
        ("reports", "周边诉求", "Reports nearby", "件", 0.1),
    ),
    "heritage": (
        ("value", "历史价值", "Heritage value", "级", 0.5),
        ("access", "步行可达", "Walking access", "人", 0.3),
        ("state", "保存状况", "Condition", "级", 0.2),
    ),
}
COLUMNS = (
    *TABLE_COLUMNS,
    "lon",
    "lat",
    "v_night_gap",
    "v_people",
    "v_payback",
    "v_reports",
    "v_value",
    "v_access",
    "v_state",
)
SAMPLE = {"zh": "示例数据：虚构城区，不对应任何真实地点", "en": "Sample data: a fictional district, no real place"}
LAYER_TITLES = {
    "subdistrict": ("镇街", "Sub-district", "input", "polygon"),
    "community": ("老旧小区", "Community", "input", "polygon"),
    "heritage": ("历史文化资源", "Heritage", "input", "point"),
    "street": ("道路", "Street", "context", "line"),
    "building": ("建筑", "Building", "context", "polygon"),
    "water": ("水系", "Water", "context", "polygon"),
    "green": ("绿地", "Green", "context", "polygon"),
    "opportunity": ("机会", "Opportunity", "result", "polygon"),
}
"""Chinese, English, role, shape."""
