/**
 * The table: only rows in sight are drawn, so ten thousand cost what thirty do. It is the map's text alternative:
 * arrow keys move, Enter opens the card, and what is selected on the map is selected here.
 */

import { signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import * as format from "../format.ts";
import { titled } from "../i18n.ts";
import { descends, windowOf } from "../listing.ts";
import { flaw } from "../money.ts";
import { PRINTED_ROWS, printing } from "../printing.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Lang, Opportunity } from "../types.ts";
import type { Sort } from "../url.ts";
import { SORT_TITLES } from "./ranking.tsx";
import { ActionMark, actionTitle, FlawMark, PartsStrip, PermissionSign, RankBand } from "./signs.tsx";

const ROW_HEIGHT = 60;
const PAGE_ROWS = 8;
const COLUMNS = 4;

/** The row that the keyboard is at; Tab comes back to it. */
const cursor = signal<string | null>(null);

type Metric = Exclude<Sort, "rank" | "name" | "permission">;

const SHOWN: Record<Metric, (row: Opportunity, lang: Lang) => string> = {
  score: (row) => format.score(row.score),
  people: (row, lang) => format.number(row.peopleServed, lang),
  capex: (row, lang) => format.money(row.capexCny, lang),
  npv: (row, lang) => format.money(row.npvCny, lang),
  payback: (row, lang) =>
    row.paybackYears === null ? format.NONE : t("years", { n: format.number(row.paybackYears, lang, 1) }),
};

function metricOf(sort: Sort): Metric {
  return sort === "rank" || sort === "name" || sort === "permission" ? "score" : sort;
}

/** Give the keyboard to a row, as when a card is closed. False where the row is not drawn. */
export function focusRow(id: string): boolean {
  const row = document.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(id)}"]`);
  row?.focus({ preventScroll: true });
  return row !== null;
}

function moved(key: string, index: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + PAGE_ROWS,
    PageUp: index - PAGE_ROWS,
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next));
}

export function Table() {
  const rows = state.listed.value;
  const scroller = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const pendingFocus = useRef<string | null>(null);
  useLayoutEffect(() => observeHeight(scroller.current, (value) => (height.value = value)), []);
  const reveal = (index: number) => scrollTo(scroller.current, index);

  const selected = state.selected.value;
  useEffect(() => {
    const index = rows.findIndex((row) => row.id === selected);
    if (index >= 0) reveal(index);
  }, [selected, rows]);
  useLayoutEffect(() => {
    // A row far away is drawn only after the list has scrolled to it: until then the wish stands.
    if (pendingFocus.current !== null && focusRow(pendingFocus.current)) pendingFocus.current = null;
  });

  const at = Math.max(
    0,
    rows.findIndex((row) => row.id === (cursor.value ?? selected)),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, at, rows.length);
    const row = rows[next ?? at];
    if (!row) return;
    if (next === null) {
      if (event.key !== "Enter" && event.key !== " ") return;
      state.select(row.id);
    } else {
      cursor.value = row.id;
      state.hovered.value = row.id;
      pendingFocus.current = row.id;
      reveal(next);
    }
    event.preventDefault();
  };
  const { first, last } = printing.value
    ? { first: 0, last: Math.min(rows.length, PRINTED_ROWS) }
    : windowOf(rows.length, top.value, height.value, ROW_HEIGHT);
  return (
    <div
      class="table-scroller"
      ref={scroller}
      onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are selected by keyboard as in a grid */}
      <table role="grid" aria-rowcount={rows.length + 1} aria-colcount={COLUMNS} aria-label={t("list")}>
        <Head />
        <tbody onKeyDown={onKeyDown} onMouseLeave={() => (state.hovered.value = null)}>
          <Spacer rows={first} />
          {rows.slice(first, last).map((row, offset) => (
            <Row key={row.id} row={row} index={first + offset} isCursor={first + offset === at} />
          ))}
          <Spacer rows={rows.length - last} />
        </tbody>
      </table>
      {rows.length === 0 && <p class="notice small">{t("nothing")}</p>}
    </div>
  );
}

function observeHeight(
  element: HTMLElement | null,
  report: (height: number) => void,
): (() => void) | undefined {
  if (!element) return undefined;
  const observer = new ResizeObserver(() => report(element.clientHeight));
  observer.observe(element);
  return () => observer.disconnect();
}

/** Scroll no further than needed for a row to be wholly in sight below the head. */
function scrollTo(scroller: HTMLElement | null, index: number): void {
  if (!scroller) return;
  const head = scroller.querySelector("thead")?.clientHeight ?? 0;
  const [from, to] = [index * ROW_HEIGHT, (index + 1) * ROW_HEIGHT + head];
  if (from < scroller.scrollTop) scroller.scrollTop = from;
  else if (to > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = to - scroller.clientHeight;
}

function Spacer({ rows }: { rows: number }) {
  if (rows <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row of air cannot be focused
    <tr aria-hidden="true" class="spacer">
      <td colSpan={COLUMNS} style={{ height: `${rows * ROW_HEIGHT}px` }} />
    </tr>
  );
}

function Head() {
  const { sort } = state.view.value;
  return (
    <thead>
      <tr aria-rowindex={1}>
        <SortHead by="rank" />
        <SortHead by="name" />
        <SortHead by="permission" />
        <SortHead by={metricOf(sort)} />
      </tr>
    </thead>
  );
}

function SortHead({ by }: { by: Sort }) {
  const { sort, reversed } = state.view.value;
  const active = sort === by;
  const downwards = descends(by, active && reversed);
  const press = () => state.change(active ? { reversed: !reversed } : { sort: by, reversed: false });
  return (
    <th
      scope="col"
      class={`col-${by}`}
      aria-sort={active ? (downwards ? "descending" : "ascending") : "none"}
    >
      <button type="button" onClick={press}>
        {t(SORT_TITLES[by])}
        <span class="arrow" aria-hidden="true">
          {active ? (downwards ? "↓" : "↑") : ""}
        </span>
      </button>
    </th>
  );
}

function Row({ row, index, isCursor }: { row: Opportunity; index: number; isCursor: boolean }) {
  const lang = state.lang.value;
  const isSelected = state.selected.value === row.id;
  const choose = () => {
    cursor.value = row.id;
    state.select(row.id);
  };
  return (
    <tr
      data-id={row.id}
      class={state.hovered.value === row.id ? "hovered" : ""}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={isCursor ? 0 : -1}
      onClick={choose}
      onMouseEnter={() => (state.hovered.value = row.id)}
    >
      <td class="col-rank">
        {row.rank === null ? (
          <span class="no-rank">{t("noRank")}</span>
        ) : (
          <span class="rank">{row.rank}</span>
        )}
        {row.rank !== null && (
          <RankBand
            rank={row.rank}
            low={row.rankP10}
            high={row.rankP90}
            last={state.rankedCounts.value[row.theme]}
          />
        )}
        {row.rank !== null && row.rankP10 !== null && row.rankP90 !== null && (
          <span class="paper">{format.range(String(row.rankP10), String(row.rankP90))}</span>
        )}
      </td>
      <td class="col-name">
        <ActionMark action={row.action} />
        <span class="names">
          <span class="name" title={row.name}>
            {row.name}
          </span>
          <span class="about">
            <span>{actionTitle(row.action)}</span>
            {state.whereabouts(row) && <span>{state.whereabouts(row)}</span>}
          </span>
        </span>
      </td>
      <td class="col-permission">
        <PermissionSign permission={row.permission} />
        {row.confidence && (
          <span class="paper">
            {t("confidence")} {titled(state.coded("opportunity", "confidence", row.confidence), lang)}
          </span>
        )}
      </td>
      <td class="col-value">
        <span class="value">{SHOWN[metricOf(state.view.value.sort)](row, lang)}</span>
        <PartsStrip weights={state.weights.value[row.theme]} values={row.values} />
        <FlawMark flaw={flaw(row)} />
      </td>
    </tr>
  );
}
