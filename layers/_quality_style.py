"""How the page of a report looks, on a screen and on A4."""

from __future__ import annotations

STYLE = """
:root{--ink:#1b1f24;--soft:#56606c;--line:#d5dae1;--warn:#8a5a00;--warn-bg:#fff6e5;--bad:#b3261e;--good:#1d6b3a}
*{box-sizing:border-box}
body{font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;margin:0 auto;max-width:1120px;
padding:1.75rem;color:var(--ink);background:#fff}
h1{font-size:1.6rem;margin:0}
h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-top:1rem;border-top:3px solid var(--ink)}
h3{font-size:1.02rem;margin:1.6rem 0 .5rem}.en{color:var(--soft)}.file{color:var(--soft);margin:.2rem 0 0}
.verdict{font-size:1.05rem;margin:.4rem 0 .8rem}
.sum{display:flex;flex-wrap:wrap;align-items:center;gap:.6rem;margin:.75rem 0;padding:0;list-style:none}
.sum li{border:1px solid var(--line);border-radius:.5rem;padding:.45rem 1rem;min-width:7rem}
.sum li.op{border:0;padding:0;min-width:0;font-size:1.4rem;color:var(--soft)}
.sum b{font-size:1.5rem;line-height:1.25;display:block;font-variant-numeric:tabular-nums}
.sum .kept b{color:var(--good)}.sum .left_out.some b{color:var(--bad)}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.3rem 0}
th,td{border:1px solid var(--line);padding:.3rem .55rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f0f2f5;white-space:nowrap}td.n{min-width:8rem;max-width:22rem}
.notice{border-left:.3rem solid var(--warn);background:var(--warn-bg);padding:.5rem .8rem;margin:.5rem 0}
tr.warning td{background:var(--warn-bg)}tr.left_out td{background:#fdecec}
.badge{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .6rem;font-size:.82rem;
color:var(--soft);white-space:nowrap}
.badge .en{color:inherit}.badge.warning,.badge.unlocated{color:var(--warn)}
.badge.left_out,.badge.nulled{color:var(--bad)}
details{margin:.35rem 0}summary{cursor:pointer;padding:.3rem 0}
details.group{border:1px solid var(--line);border-radius:.4rem;padding:.15rem .8rem}
details.group.warning{border-left:.3rem solid var(--warn)}details.group.left_out{border-left:.3rem solid var(--bad)}
@media print{@page{size:A4;margin:14mm}body{max-width:none;padding:0;font-size:11px}
details::details-content{content-visibility:visible;block-size:auto}summary{list-style:none}
tr,figure,.sum{break-inside:avoid}h2,h3{break-after:avoid}}
"""
