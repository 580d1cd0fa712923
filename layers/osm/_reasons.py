"""Why an OpenStreetMap object is left out, merged or changed: each reason once, in both languages."""

from __future__ import annotations

from layers.quality import Text

AGAIN = Text("同一对象在文件中出现多次，取第一次", "the same object again: its first version is taken")
OUTSIDE = Text("在提取范围之外", "outside the extract")
NO_OUTLINE = Text("只有一点，没有轮廓", "a node: it has no outline")
NOT_AN_AREA = Text("是未闭合的线，不是面", "an open line, not an area")
BROKEN = Text("不足以构成形状(节点太少)", "too few nodes to make a shape")
CUT = Text("部分节点不在文件中", "some of its nodes are not in the file")
NO_NODES = Text("节点都不在文件中", "none of its nodes are in the file")
NOT_AREA_RELATION = Text("该关系不表示范围(不是 multipolygon 或 boundary)", "a relation that has no outline of its own")
INCOMPLETE = Text("关系的部分成员不在文件中", "some member ways of the relation are not in the file")
UNCLOSED = Text("关系的成员围不成面", "the member ways of the relation do not close to an area")
NO_SHAPE = Text("形状无法修复", "its shape could not be mended")

UNDERGROUND = Text("暗渠或隧道，地面上看不到", "a culvert or tunnel, not seen above ground")

A_QUARTER = Text("历史街区，是一片区域而不是一处资源", "a historic quarter, not one site")

UNDER_CONSTRUCTION = Text("在建，不是闲置", "under construction, not idle")
IDLE_LINE = Text("废弃的线路，不是地块", "a disused line, not a parcel")
IDLE_ROUTE = Text("停运的线路关系或边界，不是地块", "a disused route or boundary, not a parcel")
IN_USE_AGAIN = Text("已另作他用", "in use again")
FURNITURE = Text("街道小品或设备，不是场地", "street furniture or equipment, not a place")
OLD_DETAIL = Text("只说明旧名称等细节，场地没有停用", "only a former detail; nothing says that the place is out of use")

NOT_BUILT = Text("规划、在建或已废弃的道路", "proposed, under construction or given up")
NOT_A_STREET = Text("不是供人通行的道路", "not a street for people")
UNKNOWN_STREET = Text("道路类型不明", "its value of highway is not known")
PART_OF_SQUARE = Text("广场内部的孔，不成路", "no outline that can be walked")

SAME_OUTLINE = Text("轮廓相同", "the same outline")
INSIDE = Text("该点在同类面内，名称不矛盾", "the point lies in an area of the same kind and no name contradicts it")

OTHER_LEVEL = Text("不是所取的行政级别", "of another administrative level")
UNRESOLVED = Text("边界不全，内外无法判定", "its boundary is broken: inside and outside cannot be told apart")
NOT_TILING = Text("该级行政区盖不住提取范围", "the areas of its level do not cover the extract")
