/** Why a site whose account does not pay back may still rank well: money is one criterion of several. Pure. */

import type { Contribution } from "./types.ts";

const TOLD = 3;

export interface Standing {
  /** How many criteria the theme has. */
  readonly count: number;
  /** Share of their weight that is money, 0 where none is. */
  readonly moneyShare: number;
  /** The other criteria that give most of the score, the largest first. */
  readonly best: readonly Contribution[];
}

/** What carries the score of a site with a negative NPV; null where it has none, or nothing is left to tell. */
export function standing(npvCny: number | null, parts: readonly Contribution[]): Standing | null {
  if (npvCny === null || npvCny >= 0) return null;
  const isMoney = (part: Contribution) => part.unit.includes("CNY");
  const best = parts
    .filter((part) => !isMoney(part) && part.contribution > 0)
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, TOLD);
  if (best.length === 0) return null;
  const moneyShare = parts.filter(isMoney).reduce((sum, part) => sum + part.weight, 0);
  return { count: parts.length, moneyShare, best };
}
