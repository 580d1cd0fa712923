"""What stages of long work are called for people: the programs tell them by their English names."""

from __future__ import annotations

STAGES = {
    "accepting": "收入工作区",
    "accounts": "算账",
    "assets": "资产",
    "areas": "面",
    "bundles": "组包",
    "choosing": "选址",
    "communities": "小区",
    "comparing": "比较",
    "done": "完成",
    "keeping": "保存",
    "layers": "图层",
    "looking for what is out of use": "查找停用的地方",
    "members": "成员",
    "moving": "移动",
    "need": "需求",
    "nodes": "点",
    "opportunities": "机会",
    "ranking": "排名",
    "reach": "步行可达",
    "reading": "读取",
    "relations": "关系",
    "sample city": "示例城区",
    "scorecards": "体检",
    "sea": "海域",
    "settling": "整理",
    "streets": "街道",
    "sub-districts": "镇街",
    "walk": "线路",
    "walking": "步行网络",
    "ways": "线",
}
"""Chinese of each stage."""


def stage_text(stage: str) -> str:
    """Return what a stage is called: Chinese, then its English name; the name alone where it has no Chinese."""
    zh = STAGES.get(stage)
    return stage if zh is None else f"{zh} {stage}"
