/** Which opportunities are listed, and in which order. Pure. */

import type { Opportunity } from "./types.ts";
import { PERMISSIONS, type Sort, type View } from "./url.ts";

type Key = string | number | null;

const KEYS: Record<Sort, (row: Opportunity) => Key> = {
  rank: (row) => row.rank,
  score: (row) => row.score,
  people: (row) => row.peopleServed,
  capex: (row) => row.capexCny,
  npv: (row) => row.npvCny,
  payback: (row) => row.paybackYears,
  name: (row) => row.name,
  permission: (row) => PERMISSIONS.indexOf(row.permission),
};

/** Sorts whose first look is from the highest down. */
const DOWNWARDS: ReadonlySet<Sort> = new Set(["score", "people", "npv"]);

const names = new Intl.Collator("zh-CN", { numeric: true });

/** Whether the order runs from high to low. */
export function descends(sort: Sort, reversed: boolean): boolean {
  return DOWNWARDS.has(sort) !== reversed;
}

function compare(a: Key, b: Key): number {
  if (typeof a === "string" && typeof b === "string") return names.compare(a, b);
  return Number(a) - Number(b);
}

/** Rows in order. Rows without the value come last either way; equal ones keep the order of their ranks, then ids. */
export function sorted(rows: readonly Opportunity[], sort: Sort, reversed: boolean): Opportunity[] {
  const key = KEYS[sort];
  const sign = descends(sort, reversed) ? -1 : 1;
  const settle = (a: Opportunity, b: Opportunity) =>
    (a.rank ?? Infinity) - (b.rank ?? Infinity) ||
    (b.score ?? -1) - (a.score ?? -1) ||
    (a.id < b.id ? -1 : 1);
  return [...rows].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === null || right === null)
      return Number(left === null) - Number(right === null) || settle(a, b);
    return sign * compare(left, right) || settle(a, b);
  });
}

/** Rows of the theme in view: the ranked ones, or all. */
export function ofTheme(rows: readonly Opportunity[], view: View): Opportunity[] {
  return rows.filter((row) => row.theme === view.theme && (view.unranked || row.rank !== null));
}

function meets(row: Opportunity, view: View, wanted: string): boolean {
  if (view.subdistrict !== null && row.subdistrict !== view.subdistrict) return false;
  if (view.action !== null && row.action !== view.action) return false;
  if (view.permission !== null && row.permission !== view.permission) return false;
  if (wanted === "") return true;
  return [row.name, row.id, row.assetId].some((held) => held.toLowerCase().includes(wanted));
}

/** Rows that meet every filter of the view. */
export function filtered(rows: readonly Opportunity[], view: View): Opportunity[] {
  const wanted = view.text.trim().toLowerCase();
  return rows.filter((row) => meets(row, view, wanted));
}

export function isFiltered(view: View): boolean {
  return (
    view.subdistrict !== null || view.action !== null || view.permission !== null || view.text.trim() !== ""
  );
}

/** Which rows of a long list need to be drawn: those in sight and a few around. */
export function windowOf(count: number, scrollTop: number, height: number, rowHeight: number, spare = 6) {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - spare);
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { first, last: Math.max(first, last) };
}
