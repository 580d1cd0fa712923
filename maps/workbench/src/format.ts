/** Numbers, money and dates as a reader of either language expects them. Pure. */

import type { Lang, ValueFunction } from "./types.ts";

export const NONE = "—";
/** A space that does not break: number and unit stay on one line. */
export const NARROW = "\u00a0";
const LOCALES: Record<Lang, string> = { zh: "zh-CN", en: "en-GB" };

const formats = new Map<string, Intl.NumberFormat>();

function formatter(lang: Lang, digits: number): Intl.NumberFormat {
  const key = `${lang}${digits}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(LOCALES[lang], {
    minimumFractionDigits: 0,
    maximumFractionDigits: digits,
    signDisplay: "negative",
  });
  formats.set(key, made);
  return made;
}

/** A number with thousands set off, and a true minus sign. */
export function number(value: number | null | undefined, lang: Lang, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return formatter(lang, digits).format(value).replace("-", "−");
}

/** As many decimals as a value of this size needs to be told apart: 3 figures, no more. */
export function figure(value: number | null | undefined, lang: Lang): string {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  return number(value, lang, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** A score or a part of one: always three decimals, so that columns can be added up by eye. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : value.toFixed(3);
}

/** Money in 元, 万元 or 亿元; in English in CNY, thousands (k) or millions (M). */
export function money(cny: number | null | undefined, lang: Lang): string {
  if (cny === null || cny === undefined || !Number.isFinite(cny)) return NONE;
  const size = Math.abs(cny);
  if (lang === "zh") {
    if (size >= 99_995_000) return `${figure(cny / 1e8, lang)}${NARROW}亿元`;
    return size >= 9_995 ? `${figure(cny / 1e4, lang)}${NARROW}万元` : `${number(cny, lang)}${NARROW}元`;
  }
  if (size >= 999_500) return `CNY${NARROW}${figure(cny / 1e6, lang)}${NARROW}M`;
  return size >= 9_995
    ? `CNY${NARROW}${figure(cny / 1e3, lang)}${NARROW}k`
    : `CNY${NARROW}${number(cny, lang)}`;
}

/** A range, or the one value where both ends are alike or one is missing. */
export function range(low: string, high: string): string {
  if (low === high || high === NONE) return low;
  return low === NONE ? high : `${low} – ${high}`;
}

/** A quantity with its range: a low end of 0 is told, a quantity that can only be 0 is not. */
export function counted(
  [value, low, high]: readonly (number | null)[],
  lang: Lang,
): readonly [value: string, range: string] {
  if (value === null || value === undefined || Math.max(value, high ?? 0) === 0) return [NONE, ""];
  const ends = range(number(low, lang), number(high, lang));
  return [number(value, lang), ends === NONE ? "" : ends];
}

export function percent(share: number | null | undefined, lang: Lang): string {
  return share === null || share === undefined ? NONE : `${number(share * 100, lang, 1)}%`;
}

/** A share that a sum is done with: all its digits, so that a hand comes to the same. */
export function rate(share: number | null | undefined, lang: Lang): string {
  return share === null || share === undefined ? NONE : `${number(share * 100, lang, 6)}%`;
}

/** The day of an ISO date or time, as it stands there: a date has no time zone. */
export function day(iso: string | null | undefined, lang: Lang): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso ?? "");
  if (!found) return iso || NONE;
  const [, year, month, date] = found;
  return lang === "zh" ? `${year}年${Number(month)}月${Number(date)}日` : `${year}-${month}-${date}`;
}

const UNITS: Readonly<Record<string, string>> = {
  stalls: "泊位",
  piles: "桩",
  "piles or ports": "桩或端口",
  ports: "端口",
  persons: "人",
  people: "人",
  households: "户",
  reports: "件",
  services: "项",
  "reports/year": "件/年",
  "CNY/CNY": "元/元",
  step: "档",
  grade: "级",
  points: "分",
  "level points": "分",
  "typical sites": "处典型站点",
  "filters passed of 4": "项（共 4 项）",
  assets: "处",
  sites: "处",
  sights: "处",
  members: "个",
  communities: "个小区",
  "stalls, piles or ports": "个",
  min: "分钟",
  buildings: "栋",
  years: "年",
  year: "年",
  m2: "m²",
  CNY: "元",
  "CNY/year": "元/年",
  "CNY/month": "元/月",
  "CNY/m2/month": "元/m²/月",
  fraction: "",
  "1": "",
};

/** A unit for readers: the schema's units are English words, some with a key in brackets. */
export function unit(name: string | null | undefined, lang: Lang): string {
  const word = (name ?? "").replace(/ \(.*\)$/, "");
  if (lang === "zh" && word in UNITS) return UNITS[word] ?? word;
  return word === "1" || word === "fraction" ? "" : word.replaceAll("m2", "m²");
}

/** Units that say nothing of size by themselves: beside a figure in one stands where the value is full. */
const SCALED: readonly string[] = ["step", "grade", "points", "level points", "typical sites"];

/** The figure at which a criterion's value is 1, where its unit alone does not tell what much is; else null. */
export function fullAt(unit: string, valued: ValueFunction | undefined): number | null {
  if (!valued || !SCALED.includes(unit.replace(/ \(.*\)$/, ""))) return null;
  return valued.one ?? valued.x?.[valued.v?.indexOf(1) ?? -1] ?? null;
}

/** A source, with the mark of an assumption taken off: it is shown as a badge. */
export function source(text: string): { text: string; isAssumption: boolean } {
  const plain = text.replace(/^ASSUMPTION\s*[-:–—]?\s*/, "");
  return { text: plain, isAssumption: plain !== text };
}
