/** The page: bars, panels and what stands in their place while there is nothing to show. */

import type { ComponentChildren } from "preact";
import * as state from "../state.ts";
import { type Pane, t } from "../state.ts";
import { Card } from "./card.tsx";
import { LayerPanel } from "./layers.tsx";
import { MapView } from "./mapview.tsx";
import { PaperHead } from "./paper.tsx";
import { Ranking } from "./ranking.tsx";
import { Hatch } from "./signs.tsx";
import { TopBar } from "./topbar.tsx";

const PANES: readonly Pane[] = ["map", "list", "layers"];

export function App() {
  const pane = state.pane.value;
  return (
    <>
      {state.workspace.value && <SkipLinks />}
      <Hatch />
      <TopBar />
      <PaperHead />
      <main class={`panes show-${pane}`}>
        <Body />
      </main>
      <nav class="pane-switch" aria-label={t("views")}>
        {PANES.map((item) => (
          <button
            type="button"
            key={item}
            aria-current={pane === item ? "page" : undefined}
            onClick={() => {
              state.pane.value = item;
            }}
          >
            {t(item)}
          </button>
        ))}
      </nav>
      <p class="unseen" aria-live="polite">
        {state.announcement}
      </p>
    </>
  );
}

function SkipLinks() {
  return (
    <>
      <a class="skip" href="#list">
        {t("skipToTable")}
      </a>
      <a class="skip" href="#map">
        {t("skipToMap")}
      </a>
    </>
  );
}

function Body() {
  const workspace = state.workspace.value;
  if (state.status.value === "failed") return <Failure />;
  if (!workspace) return <Notice>{t("loading")}</Notice>;
  return (
    <>
      <LayerPanel workspace={workspace} />
      <MapView workspace={workspace} />
      <Ranking workspace={workspace} />
      <Card />
    </>
  );
}

export function Notice({ children }: { children: ComponentChildren }) {
  return (
    <div class="notice" role="status">
      {children}
    </div>
  );
}

function Failure() {
  const error = state.failure.value;
  return (
    <div class="notice" role="alert">
      <h2>{t("failed")}</h2>
      <p>{error?.status === 0 ? t("offline") : error?.message}</p>
      {error?.hint && <p class="quiet">{error.hint}</p>}
      <button type="button" class="button primary" onClick={() => void state.load()}>
        {t("retry")}
      </button>
    </div>
  );
}
