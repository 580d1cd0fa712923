/**
 * What an account comes to in a word, and why a site whose account does not pay back may still rank well: money is one
 * criterion of several. Pure.
 */

import type { Contribution, Opportunity } from "./types.ts";

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

/**
 * What is wrong with an account, in the order in which it must be known: `rentless` and `incomplete` have none;
 * `earnless` earns nothing, the income of `uncounted` may repay nothing (the treasury's, or nobody known's) and would do
 * if it might; of `termless` nobody knows the years, so nobody can judge it; `lossy` earns too little to pay back in its
 * term, whoever earns; `belowZero` pays back, but not at the rate of discount; `mayLose` pays as computed, but the
 * likely range of its NPV holds a loss.
 */
export type Flaw =
  | "rentless"
  | "incomplete"
  | "earnless"
  | "uncounted"
  | "termless"
  | "lossy"
  | "belowZero"
  | "mayLose";

type Account = Pick<
  Opportunity,
  | "capexCny"
  | "npvCny"
  | "npvP10Cny"
  | "paybackYears"
  | "fitsHorizon"
  | "horizonYears"
  | "revenueCny"
  | "landRentCny"
  | "pledgeableShare"
>;

/** The flaw of an account, null where it is whole, pays back in its term and is likely to. */
export function flaw(account: Account): Flaw | null {
  const { capexCny, npvCny, paybackYears } = account;
  if (npvCny === null) return capexCny !== null && account.landRentCny === null ? "rentless" : "incomplete";
  if (capexCny === 0 && npvCny >= 0) return null;
  if (paybackYears === null && account.revenueCny === 0) return "earnless";
  const isOpen = account.pledgeableShare === 0 && account.fitsHorizon !== false;
  if (paybackYears === null && isOpen) return "uncounted";
  if (account.horizonYears === null) return "termless";
  if (paybackYears === null || account.fitsHorizon === false) return "lossy";
  return belowZero(npvCny, account.npvP10Cny);
}

/** Whether an account that pays back loses at the rate of discount, or is likely enough to. */
function belowZero(npvCny: number, likelyLowCny: number | null): Flaw | null {
  if (npvCny < 0) return "belowZero";
  return likelyLowCny !== null && likelyLowCny < 0 ? "mayLose" : null;
}
