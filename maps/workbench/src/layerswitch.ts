/** Which layers are drawn. Pure. */

import { SHOWN_AT_START } from "./symbols.ts";

/** Whether a layer is drawn: as the address says, else as at the start. */
export function isShown(kind: string, switches: Readonly<Record<string, boolean>>): boolean {
  return switches[kind] ?? SHOWN_AT_START.has(kind);
}
