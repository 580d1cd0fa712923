/**
 * The weighted score and its ranks, as `gis/ranking.py` has them; both are held to `tests/data/ranking_cases.json`.
 *
 * `score = Σ w_k v_k` with the weights of a theme scaled to sum 1. A value that the run does not give counts with the
 * midpoint 0.5 and opens the band `[score - w_k/2, score + w_k/2]`: missing is never zero.
 */

import type { Permission } from "./types.ts";

export const MIDPOINT = 0.5;

export type Weights = Readonly<Record<string, number>>;
export type Values = Readonly<Record<string, number | null | undefined>>;

export interface Part {
  readonly key: string;
  readonly weight: number;
  readonly contribution: number;
  readonly missing: boolean;
}

export interface Rankable {
  readonly id: string;
  readonly assetKind: string;
  readonly assetId: string;
  readonly permission: Permission;
  readonly score: number;
  readonly npvCny?: number | null;
  readonly capexCny?: number | null;
}

/** Scale weights to sum 1. Weights that are all zero count alike. */
export function normalise(weights: Weights): Weights {
  const entries = Object.entries(weights);
  if (entries.some(([, weight]) => !(weight >= 0))) throw new RangeError("a weight must be 0 or more");
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  const share = (weight: number) => (total > 0 ? weight / total : 1 / entries.length);
  return Object.fromEntries(entries.map(([key, weight]) => [key, share(weight)]));
}

/** What each criterion adds to the score, in the order of the weights; the parts sum to the score. */
export function contributions(weights: Weights, values: Values): readonly Part[] {
  return Object.entries(normalise(weights)).map(([key, weight]) => {
    const value = values[key] ?? null;
    return { key, weight, contribution: weight * (value ?? MIDPOINT), missing: value === null };
  });
}

/** The score with the band that missing data opens. */
export function score(weights: Weights, values: Values): { score: number; low: number; high: number } {
  const parts = contributions(weights, values);
  const middle = parts.reduce((sum, part) => sum + part.contribution, 0);
  const slack = parts.reduce((sum, part) => sum + (part.missing ? part.weight * MIDPOINT : 0), 0);
  return { score: middle, low: middle - slack, high: middle + slack };
}

/** Better first: the higher score; equal scores in the order of their ids, so that a rank never depends on row order. */
function byScore(a: Rankable, b: Rankable): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1);
}

/** Better for the same asset: of equal scores the higher NPV, then the lower investment; an unknown sum comes last. */
function byAccount(a: Rankable, b: Rankable): number {
  const falling = (left: number, right: number) => Number(right > left) - Number(right < left);
  return (
    b.score - a.score ||
    falling(a.npvCny ?? -Infinity, b.npvCny ?? -Infinity) ||
    falling(b.capexCny ?? Infinity, a.capexCny ?? Infinity) ||
    byScore(a, b)
  );
}

/** Rank 1, 2, 3 … over each asset's best action that is not forbidden. Whoever is not in the map has no rank. */
export function ranks(options: readonly Rankable[]): ReadonlyMap<string, number> {
  const best = new Map<string, Rankable>();
  for (const option of options) {
    if (option.permission === "forbidden") continue;
    const asset = `${option.assetKind}\n${option.assetId}`;
    const kept = best.get(asset);
    if (!kept || byAccount(option, kept) < 0) best.set(asset, option);
  }
  const ordered = [...best.values()].sort(byScore);
  return new Map(ordered.map((option, index) => [option.id, index + 1]));
}
