/** The map's frame: buttons, attribution, and a word where a browser cannot draw. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { address } from "../api.ts";
import { titled } from "../i18n.ts";
import { createMap, type PanhuoMap } from "../map.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Workspace } from "../types.ts";
import { ActionMark } from "./signs.tsx";

const made = signal<PanhuoMap | null>(null);
const broken = signal(false);

export function currentMap(): unknown {
  return made.peek()?.map ?? null;
}

/** Bring an opportunity into the middle of the map, close enough to see its plot. */
export function showOnMap(id: string): void {
  state.pane.value = "map";
  state.cardFolded.value = state.narrow.value;
  // A narrow screen draws the map only now: let it take its size first.
  requestAnimationFrame(() => {
    made.peek()?.map.resize();
    made.peek()?.show(id);
  });
}

export function MapView({ workspace }: { workspace: Workspace }) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!container.current) return;
    try {
      made.value = createMap(container.current, workspace);
    } catch {
      broken.value = true;
      document.documentElement.dataset.idle = "true";
    }
    return () => {
      made.peek()?.remove();
      made.value = null;
    };
  }, [workspace]);
  return (
    <section
      class="map"
      id="map"
      tabIndex={-1}
      aria-label={t("map")}
      inert={state.narrow.value && state.cardOpen.value}
    >
      <div class="map-canvas" ref={container} />
      {broken.value && <p class="notice">{t("noWebgl")}</p>}
      {hasNoBaseMap(workspace) && (
        <p class="map-note" role="note">
          {t("noBaseMap")}
        </p>
      )}
      <MapButtons />
      <FoldedCard />
      <Attribution />
    </section>
  );
}

/** Layers, but none to draw under them. An empty workspace has other worries. */
function hasNoBaseMap({ layers }: Workspace): boolean {
  return layers.length > 0 && !layers.some((layer) => layer.role === "context" && layer.count > 0);
}

function MapButtons() {
  const current = made.value;
  if (!current) return null;
  return (
    <div class="map-buttons">
      <button type="button" aria-label={t("zoomIn")} title={t("zoomIn")} onClick={() => current.map.zoomIn()}>
        +
      </button>
      <button
        type="button"
        aria-label={t("zoomOut")}
        title={t("zoomOut")}
        onClick={() => current.map.zoomOut()}
      >
        −
      </button>
      <button type="button" aria-label={t("fitLabel")} title={t("fitLabel")} onClick={() => current.fit()}>
        <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">
          <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />
        </svg>
      </button>
    </div>
  );
}

/** What is selected while its card is put away; pressing it opens the card again. */
function FoldedCard() {
  const row = state.byId.value.get(state.selected.value ?? "");
  if (!row || !state.cardFolded.value) return null;
  return (
    <button type="button" class="folded-card" onClick={() => state.select(row.id)}>
      <ActionMark action={row.action} />
      <span class="name">{row.name}</span>
      <span class="quiet">{row.rank === null ? t("noRank") : t("rankOf", { rank: row.rank })}</span>
    </button>
  );
}

/** Who the data is from, with its licence; for a city that is made up, that it is. */
function Attribution() {
  const workspace = state.workspace.value;
  if (!workspace) return null;
  const real = workspace.is_sample ? [] : workspace.layers;
  const lines = real.map(({ attribution, licence }) =>
    [attribution, licence && `(${licence})`].filter(Boolean).join(" "),
  );
  const named = [...new Set(lines)].filter(Boolean);
  return (
    <p class="attribution">
      {workspace.notice && `${titled(workspace.notice, state.lang.value, t("sample"))} `}
      {named.length > 0 && `${t("attribution")}: ${named.join(" · ")} · `}
      <a href={address("THIRD_PARTY_LICENSES.txt")}>{t("licences")}</a>
    </p>
  );
}
