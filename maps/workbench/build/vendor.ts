/**
 * What the page ships besides its own code: Leaflet for the offline map, Swagger UI for /docs, and the licences of
 * everything that is in the bundle.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const ROOT = join(import.meta.dirname, "..");
const MODULES = "node_modules/";

/** Copied as they are: directory in the output -> files of a package. */
const COPIED: Record<string, readonly string[]> = {
  leaflet: [
    "leaflet/dist/leaflet.js",
    "leaflet/dist/leaflet.css",
    "leaflet/dist/images/layers.png",
    "leaflet/dist/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png",
  ],
  swagger: [
    "swagger-ui-dist/swagger-ui.css",
    "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui-dist/favicon-32x32.png",
  ],
};

/** Runs at install only and puts nothing into the output. */
const NOT_SHIPPED = new Set(["@scarf/scarf"]);

interface LockFile {
  packages: Record<string, { version?: string; license?: string; dev?: boolean; optional?: boolean }>;
}

/** Where a file of a package lands: `leaflet/dist/images/a.png` -> `leaflet/images/a.png`. */
export function target(directory: string, source: string): string {
  const inPackage = source
    .split("/")
    .slice(1)
    .filter((part) => part !== "dist");
  return [directory, ...inPackage].join("/");
}

/** Text of the licences of one installed package, or the name of its licence where it ships none. */
function licenceText(folder: string, name: string, declared: string | undefined): string {
  const files = readdirSync(folder).filter((file) =>
    /^(licen[cs]e|notice|copying)|\.license\.txt$/i.test(file),
  );
  if (files.length === 0) {
    if (!declared) throw new Error(`${name} declares no licence and ships no licence file`);
    return `Licensed under ${declared}; the package ships no licence text.`;
  }
  return files
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim())
    .join("\n\n");
}

/** One text with the licence of every package whose code reaches a reader of the page. */
export function licences(root: string = ROOT): string {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as LockFile;
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => {
    const name = path.slice(path.lastIndexOf(MODULES) + MODULES.length);
    return path.startsWith(MODULES) && !entry.dev && !entry.optional && !NOT_SHIPPED.has(name);
  });
  const parts = shipped
    .filter(([path]) => existsSync(join(root, path)))
    .map(([path, entry]) => {
      const name = path.slice(path.lastIndexOf(MODULES) + MODULES.length);
      const title = `${name} ${entry.version ?? ""} (${entry.license ?? "see below"})`;
      return `${title}\n${"-".repeat(title.length)}\n\n${licenceText(join(root, path), name, entry.license)}\n`;
    });
  return `Panhuo's pages contain code of the following packages.\n\n${parts.join("\n\n")}`;
}

/** The Vite plugin. */
export function vendor(): Plugin {
  return {
    name: "panhuo-vendor",
    apply: "build",
    generateBundle() {
      for (const [directory, sources] of Object.entries(COPIED)) {
        for (const source of sources) {
          const fileName = target(directory, source);
          this.emitFile({ type: "asset", fileName, source: readFileSync(join(ROOT, MODULES, source)) });
        }
      }
      this.emitFile({ type: "asset", fileName: "THIRD_PARTY_LICENSES.txt", source: licences() });
    },
  };
}
