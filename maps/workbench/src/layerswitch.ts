/** Which layers are drawn. Pure. */

import { SHOWN_AT_START } from "./symbols.ts";

/** Layers that are on with another unless they are switched by themselves: a bundle is nothing without its members. */
const WITH: Readonly<Record<string, string>> = { bundle_member: "bundle" };

/** Whether a layer is drawn: as the address says, else as at the start. */
export function isShown(kind: string, switches: Readonly<Record<string, boolean>>): boolean {
  const other = WITH[kind];
  return switches[kind] ?? (other ? isShown(other, switches) : SHOWN_AT_START.has(kind));
}
