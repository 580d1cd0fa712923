/** Title, workspace, date of the analysis, language; and the banner that says a city is made up. */

import * as format from "../format.ts";
import { titled } from "../i18n.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";

export function TopBar() {
  const workspace = state.workspace.value;
  const lang = state.lang.value;
  return (
    <header>
      <div class="topbar">
        <div class="brand">
          <Logo />
          <h1>
            <span class="wordmark">{t("title")}</span>
            {lang === "zh" && <span class="latin">Panhuo</span>}
          </h1>
          <p class="subtitle">{t("subtitle")}</p>
        </div>
        {workspace && (
          <div class="workspace">
            {workspace.notice && (
              <p class="sample-banner" role="note">
                <span>{titled(workspace.notice, lang)}</span>
              </p>
            )}
            <p class="workspace-name">{workspace.name}</p>
            {workspace.run && (
              <p class="quiet as-of">
                {[t("asOf", { date: format.day(workspace.run.as_of, lang) }), ownModel()]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            )}
          </div>
        )}
        <button
          type="button"
          class="button language"
          lang={lang === "zh" ? "en" : "zh-CN"}
          title={t("languageLabel")}
          onClick={() => state.change({ lang: lang === "zh" ? "en" : "zh" })}
        >
          {t("language")}
        </button>
      </div>
      <Stale />
    </header>
  );
}

/** What was laid over the packaged model in the run that is shown; empty where nothing was. */
export function ownModel(): string {
  const own = state.workspace.value?.run?.model;
  if (!own) return "";
  const file = own.file && t("ownModel", { file: own.file });
  return [file, own.settings > 0 && t("ownSettings", { n: own.settings })].filter(Boolean).join(" · ");
}

/** That layers have changed since the run that is shown, with the next step; empty where they have not. */
export function staleText(): string {
  const workspace = state.workspace.value;
  const changed = workspace?.run?.changed_layers ?? [];
  if (changed.length === 0) return "";
  const lang = state.lang.value;
  const names = changed.map((kind) => titled(state.schema.value.kinds[kind], lang, kind));
  return t("stale", { workspace: workspace?.name ?? "", names: names.join(lang === "zh" ? "、" : ", ") });
}

function Stale() {
  const text = staleText();
  return text ? (
    <p class="stale" role="status">
      {text}
    </p>
  ) : null;
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M9 23V9h7.2a4.9 4.9 0 0 1 0 9.8H9" />
      <circle cx="23" cy="23" r="3.2" />
    </svg>
  );
}
