/** The account of a bundle by year, with what bundles give each other. Pure. */

import type { Scalar } from "./types.ts";

export interface BundleYear {
  readonly year: number;
  /** Without what other bundles give and take. */
  readonly own_cny: number;
  readonly taken_cny: number;
  readonly given_cny: number;
  /** With it, as the two that follow. */
  readonly net_cny: number;
  readonly cumulative_cny: number;
  /** In money of the bundle's start. */
  readonly discounted_cny: number;
}

/** The years of a bundle in their order, of all rows of `bundle_year`; a run that knows no transfers has none. */
export function accountOf(id: string, rows: readonly Readonly<Record<string, Scalar>>[]): BundleYear[] {
  const own = rows.filter((row) => row.bundle_id === id);
  return own.map(toYear).sort((a, b) => a.year - b.year);
}

function toYear(row: Readonly<Record<string, Scalar>>): BundleYear {
  const known = (...names: string[]) =>
    Number(row[names.find((name) => typeof row[name] === "number") ?? ""] ?? 0);
  return {
    year: known("year"),
    own_cny: known("net_cny"),
    taken_cny: known("transfer_in_cny"),
    given_cny: known("transfer_out_cny"),
    net_cny: known("after_cny", "net_cny"),
    cumulative_cny: known("after_cumulative_cny", "cumulative_cny"),
    discounted_cny: known("after_discounted_cny", "discounted_cny"),
  };
}
