/** Small signs that several views share: an action's mark, a permission, a rank band, the parts of a score. */

import { titled } from "../i18n.ts";
import type { Flaw } from "../money.ts";
import { contributions, type Values, type Weights } from "../rank.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import { actionLetter, actionMark, PERMISSION_SIGNS, partColour } from "../symbols.ts";
import type { Permission } from "../types.ts";

export function ActionMark({ action }: { action: string }) {
  return (
    <span class="action-mark" style={{ backgroundColor: actionMark(action).colour }} aria-hidden="true">
      {actionLetter(action, state.lang.value)}
    </span>
  );
}

export function actionTitle(action: string): string {
  return titled(
    state.model.value?.actions[action] ?? state.coded("opportunity", "action", action),
    state.lang.value,
  );
}

export function permissionTitle(permission: Permission): string {
  return titled(state.model.value?.permissions[permission], state.lang.value, permission);
}

export function PermissionSign({ permission }: { permission: Permission }) {
  return (
    <span class={`permission ${permission}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {permission !== "forbidden" && <circle cx="6" cy="6" r="4.4" fill="none" />}
        <path
          d={PERMISSION_SIGNS[permission] ?? ""}
          fill={permission === "forbidden" ? "none" : "currentColor"}
        />
      </svg>
      <span class="word">{permissionTitle(permission)}</span>
    </span>
  );
}

/** A mark beside an option that does not pay back in its term, or whose account is incomplete. */
export function FlawMark({ flaw }: { flaw: Flaw | null }) {
  if (flaw === null) return null;
  const told = t(`flawTold_${flaw}`);
  return (
    <abbr class={`flaw ${flaw}`} title={told}>
      {t(`flaw_${flaw}`)}
    </abbr>
  );
}

const BAND_WIDTH = 56;
const BAND_HEIGHT = 7;

/** Where the rank may lie, on a logarithmic scale from 1 to the last: the difference between 2 and 5 matters more. */
export function RankBand(props: { rank: number; low: number | null; high: number | null; last: number }) {
  const { rank, last } = props;
  if (props.low === null || props.high === null) return null;
  const at = (value: number) =>
    (Math.log(Math.max(1, value)) / Math.log(Math.max(2, last))) * (BAND_WIDTH - 4) + 2;
  const [from, to] = [at(props.low), Math.max(at(props.high), at(props.low) + 3)];
  return (
    <svg
      class="rank-band"
      width={BAND_WIDTH}
      height={BAND_HEIGHT}
      role="img"
      aria-label={t("bandOf", { low: props.low, high: props.high })}
    >
      <title>{`${t("band")}: ${props.low} – ${props.high}`}</title>
      <line class="track" x1="0" x2={BAND_WIDTH} y1="3.5" y2="3.5" />
      <rect class="band" x={from} y="1" width={to - from} height="5" rx="2.5" />
      <circle class="tick" cx={at(rank)} cy="3.5" r="2.5" />
    </svg>
  );
}

/** What the score is made of, as a strip whose full length is a score of 1. */
export function PartsStrip({ weights, values }: { weights: Weights; values: Values }) {
  let from = 0;
  const parts = contributions(weights, values).map((part, index) => {
    const x = from;
    from += part.contribution * 100;
    const fill = part.missing ? "url(#hatch)" : partColour(index);
    return <rect key={part.key} x={x} y="0" width={part.contribution * 100} height="4" fill={fill} />;
  });
  return (
    <svg class="parts-strip" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      {parts}
    </svg>
  );
}

/** The hatch that stands for missing data, defined once for every strip of the page. */
export function Hatch() {
  return (
    <svg class="unseen" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="4" height="4" fill="#e9e6de" />
          <rect width="1.6" height="4" fill="#8a8578" />
        </pattern>
      </defs>
    </svg>
  );
}
