/** The site card: one opportunity on one A4 page. A panel beside map and list, so that both stay in sight. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import * as format from "../format.ts";
import { titled } from "../i18n.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Detail, Opportunity } from "../types.ts";
import { CashFlow } from "./cashflow.tsx";
import { Contributions } from "./contributions.tsx";
import { Alternatives, AssetRecord, amount, Extent, Legal, Parameters, said } from "./facts.tsx";
import { showOnMap } from "./mapview.tsx";
import { Money } from "./money.tsx";
import { Outlook } from "./outlook.tsx";
import { Plan } from "./plan.tsx";
import { ActionMark, actionTitle } from "./signs.tsx";
import { focusRow } from "./table.tsx";

export function Card() {
  const id = state.selected.value;
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (id === null) return;
    box.current?.scrollTo(0, 0);
    box.current?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }, [id]);
  if (id === null || !state.cardOpen.value) return null;
  const row = state.byId.value.get(id);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close(id);
  };
  return (
    <dialog open class="card" aria-labelledby="card-title" ref={box} onKeyDown={onKeyDown}>
      <Tools id={id} />
      {row ? <Sheet row={row} /> : <Gone />}
    </dialog>
  );
}

function close(id: string): void {
  state.select(null);
  requestAnimationFrame(() => focusRow(id));
}

function Gone() {
  return (
    <div class="notice" role="alert">
      <h2 id="card-title" tabIndex={-1}>
        {t("card")}
      </h2>
      <p>{t("cardGone")}</p>
    </div>
  );
}

function Tools({ id }: { id: string }) {
  const copied = useSignal(false);
  const rows = state.listed.value;
  const at = rows.findIndex((row) => row.id === id);
  const step = (by: number) => {
    const next = rows[at + by];
    if (next) state.select(next.id);
  };
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    copied.value = true;
    setTimeout(() => (copied.value = false), 2000);
  };
  return (
    <div class="card-tools">
      <button
        type="button"
        class="button"
        disabled={at <= 0}
        aria-label={t("previous")}
        title={t("previous")}
        onClick={() => step(-1)}
      >
        ‹
      </button>
      <button
        type="button"
        class="button"
        disabled={at < 0 || at >= rows.length - 1}
        aria-label={t("next")}
        title={t("next")}
        onClick={() => step(1)}
      >
        ›
      </button>
      <button type="button" class="button" onClick={() => showOnMap(id)}>
        {t("showOnMap")}
      </button>
      <span class="gap" />
      {/* Browsers lend the clipboard to https and localhost only; the link also stands at the card's foot. */}
      {isSecureContext && (
        <button type="button" class="button" onClick={() => void copy()}>
          {copied.value ? t("copied") : t("copyLink")}
        </button>
      )}
      <button type="button" class="button" onClick={() => print()}>
        {t("print")}
      </button>
      <button
        type="button"
        class="button close"
        aria-label={t("close")}
        title={t("close")}
        onClick={() => close(id)}
      >
        ×
      </button>
    </div>
  );
}

function Sheet({ row }: { row: Opportunity }) {
  const detail = state.detail.value;
  const failure = state.detailFailure.value;
  return (
    <article class={`sheet ${row.theme}`}>
      <Heading row={row} detail={detail} />
      {failure && (
        <div class="notice small" role="alert">
          <p>{failure.status === 0 ? t("offline") : failure.message}</p>
          <button type="button" class="button" onClick={() => void state.loadDetail(row.id)}>
            {t("retry")}
          </button>
        </div>
      )}
      {!detail && !failure && <p class="notice small">{t("loading")}</p>}
      {detail && <Content detail={detail} />}
    </article>
  );
}

function rankBand({ rankP10: low, rankP90: high }: Opportunity): string {
  return low === null || high === null ? "" : t("bandShort", { low, high });
}

function Heading({ row, detail }: { row: Opportunity; detail: Detail | null }) {
  const lang = state.lang.value;
  const total = state.rankedCounts.value[row.theme];
  const confidence = detail?.properties.confidence;
  const isSample = detail ? detail.is_sample : state.workspace.value?.is_sample;
  return (
    <header class="card-head">
      <p class="card-kicker">
        <span class={`theme-tag ${row.theme}`}>
          {titled(state.coded("opportunity", "theme", row.theme), lang)}
        </span>
        {isSample && <strong class="sample-mark">{t("sample")}</strong>}
      </p>
      <div class="card-title-row">
        <h2 id="card-title" tabIndex={-1}>
          {row.name}
        </h2>
        <p class="card-rank" title={row.rank === null ? t("notRanked") : undefined}>
          {row.rank === null ? (
            <span class="no-rank">{t("noRank")}</span>
          ) : (
            <>
              <strong>{t("rankOf", { rank: row.rank })}</strong>
              <span class="quiet">
                {[t("ofTotal", { total }), rankBand(row)].filter(Boolean).join(" · ")}
              </span>
            </>
          )}
        </p>
      </div>
      <p class="card-about">
        <ActionMark action={row.action} />
        <span>{actionTitle(row.action)}</span>
        {state.whereabouts(row) && <span class="quiet">{state.whereabouts(row)}</span>}
        {confidence && (
          <span class="quiet">
            {t("confidence")} {titled(state.coded("opportunity", "confidence", confidence), lang)}
          </span>
        )}
      </p>
      {detail?.properties.rank_condition && (
        <p class="rank-condition" data-fact="rankCondition">
          <strong>{t("rankCondition")}</strong> {said(detail.properties, "rank_condition")}
        </p>
      )}
    </header>
  );
}

/** Paper has no map: where the site lies, and where the map is. */
function PaperPlace() {
  const [longitude, latitude] = state.byId.value.get(state.selected.value ?? "")?.position ?? [];
  return (
    <p class="paper">
      {longitude !== undefined &&
        latitude !== undefined &&
        t("printedAt", { longitude: longitude.toFixed(5), latitude: latitude.toFixed(5) })}{" "}
      {t("printedMap")}
    </p>
  );
}

function Content({ detail }: { detail: Detail }) {
  const { properties } = detail;
  return (
    <>
      <Legal properties={properties} />
      <Contributions detail={detail} />
      <Outlook properties={properties} />
      <Extent properties={properties} />
      <Plan detail={detail} />
      <Money detail={detail} />
      <CashFlow years={detail.cashflow} counted={amount(properties.pledgeable_share)} />
      <Alternatives detail={detail} />
      <AssetRecord detail={detail} />
      <Parameters detail={detail} />
      <footer class="card-foot">
        <p>
          {state.workspace.value?.name} · {state.workspace.value?.run?.run_id} ·{" "}
          {t("asOf", { date: format.day(state.workspace.value?.run?.as_of, state.lang.value) })}
        </p>
        <p class="card-link">{location.href}</p>
        <PaperPlace />
      </footer>
    </>
  );
}
