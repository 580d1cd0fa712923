/** What only paper shows: whose data it is, of which day, that it is invented, and where the map is. */

import * as format from "../format.ts";
import { titled } from "../i18n.ts";
import { PRINTED_ROWS } from "../printing.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import { staleText } from "./topbar.tsx";

export function PaperHead() {
  const workspace = state.workspace.value;
  if (!workspace) return null;
  const lang = state.lang.value;
  const stale = staleText();
  return (
    <header class="paper">
      <p class="paper-title">
        <strong>
          {t("title")} · {workspace.name}
        </strong>
        {workspace.run && <span>{t("asOf", { date: format.day(workspace.run.as_of, lang) })}</span>}
      </p>
      {workspace.notice && <p class="paper-notice">{titled(workspace.notice, lang)}</p>}
      {stale && <p>{stale}</p>}
      {state.selected.value === null && <ListHead />}
    </header>
  );
}

function ListHead() {
  const total = state.listed.value.length;
  return (
    <>
      <p>
        {titled(state.coded("opportunity", "theme", state.view.value.theme), state.lang.value)} ·{" "}
        {t("printedList", { n: Math.min(total, PRINTED_ROWS), total })}
      </p>
      <p>{t("printedBand")}</p>
      <p class="card-link">{location.href}</p>
      <p>{t("printedMap")}</p>
    </>
  );
}
