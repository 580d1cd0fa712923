/** The ranked list: themes, filters, table. */

import * as format from "../format.ts";
import type { Key } from "../i18n.ts";
import { isFiltered } from "../listing.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Permission, Theme, Workspace } from "../types.ts";
import { PERMISSIONS, SORTS, type Sort } from "../url.ts";
import { actionTitle, permissionTitle } from "./signs.tsx";
import { Table } from "./table.tsx";

const THEMES: readonly Theme[] = ["revitalization", "heritage"];
export const SORT_TITLES: Record<Sort, Key> = {
  rank: "rank",
  score: "score",
  people: "people",
  capex: "capex",
  npv: "npv",
  payback: "payback",
  name: "name",
  permission: "permission",
};

export function Ranking({ workspace }: { workspace: Workspace }) {
  return (
    <section
      class="ranking"
      id="list"
      tabIndex={-1}
      aria-label={t("list")}
      inert={state.narrow.value && state.cardOpen.value}
    >
      {workspace.run === null ? (
        <div class="notice small" role="status">
          <p>{t("noRun")}</p>
          <p class="quiet">{t("noRunHint", { workspace: workspace.name })}</p>
        </div>
      ) : (
        <>
          <Themes />
          <Filters />
          <div
            role="tabpanel"
            id="theme-panel"
            aria-labelledby={`theme-${state.view.value.theme}`}
            class="table-panel"
          >
            {state.status.value === "loading" ? (
              <p class="notice small" role="status">
                {t("loading")}
              </p>
            ) : (
              <Table />
            )}
          </div>
        </>
      )}
    </section>
  );
}

function Themes() {
  const { theme } = state.view.value;
  const choose = (next: Theme) => state.change({ theme: next, action: null });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const next = theme === "heritage" ? "revitalization" : "heritage";
    choose(next);
    document.getElementById(`theme-${next}`)?.focus();
  };
  return (
    <div class="themes" role="tablist" aria-label={t("theme")} tabIndex={-1} onKeyDown={onKeyDown}>
      {THEMES.map((item) => (
        <button
          type="button"
          role="tab"
          key={item}
          id={`theme-${item}`}
          class={`theme ${item}`}
          aria-selected={theme === item}
          aria-controls="theme-panel"
          tabIndex={theme === item ? 0 : -1}
          onClick={() => choose(item)}
        >
          {state.coded("opportunity", "theme", item)[state.lang.value]}
          <span class="count">{format.number(state.rankedCounts.value[item], state.lang.value)}</span>
        </button>
      ))}
    </div>
  );
}

interface Choice {
  readonly value: string;
  readonly title: string;
}

function Select(props: {
  title: string;
  value: string | null;
  choices: readonly Choice[];
  choose: (value: string | null) => void;
}) {
  return (
    <select
      aria-label={props.title}
      class={props.value === null ? "" : "active"}
      value={props.value ?? ""}
      onChange={(event) => props.choose(event.currentTarget.value || null)}
    >
      <option value="">{t("anyOf", { name: props.title })}</option>
      {props.choices.map(({ value, title }) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  );
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values)].filter((value): value is string => value !== null).sort();
}

function Filters() {
  const view = state.view.value;
  const rows = state.inTheme.value;
  const inSubdistricts = distinct(rows.map((row) => row.subdistrict));
  const actions = distinct(rows.map((row) => row.action));
  return (
    <search class="filters" aria-label={t("filters")}>
      <Select
        title={t("subdistrict")}
        value={view.subdistrict}
        choices={inSubdistricts.map((value) => ({ value, title: state.subdistrictName(value) }))}
        choose={(subdistrict) => state.change({ subdistrict })}
      />
      <Select
        title={t("action")}
        value={view.action}
        choices={actions.map((value) => ({ value, title: actionTitle(value) }))}
        choose={(action) => state.change({ action })}
      />
      <Select
        title={t("permission")}
        value={view.permission}
        choices={PERMISSIONS.map((value) => ({ value, title: permissionTitle(value) }))}
        choose={(permission) => state.change({ permission: permission as Permission | null })}
      />
      <input
        type="search"
        class="search"
        placeholder={t("search")}
        aria-label={t("search")}
        value={view.text}
        onInput={(event) => state.change({ text: event.currentTarget.value })}
      />
      <select
        class="sort"
        aria-label={t("sort")}
        value={view.sort}
        onChange={(event) => state.change({ sort: event.currentTarget.value as Sort, reversed: false })}
      >
        {SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {t("sortBy", { name: t(SORT_TITLES[sort]) })}
          </option>
        ))}
      </select>
      <label class="unranked" title={t("unrankedTitle")}>
        <input
          type="checkbox"
          checked={view.unranked}
          onChange={(event) => state.change({ unranked: event.currentTarget.checked })}
        />
        {t("unranked")}
      </label>
      <p class="shown" role="status">
        {t("shown", { n: state.listed.value.length, total: state.inTheme.value.length })}
        {isFiltered(view) && (
          <button type="button" class="link" onClick={state.clearFilters}>
            {t("clear")}
          </button>
        )}
      </p>
    </search>
  );
}
