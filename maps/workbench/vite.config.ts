import { defineConfig } from "vite";
import { vendor } from "./build/vendor.ts";

// Relative addresses: the page also works behind a proxy that puts it under a path.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    reportCompressedSize: true,
  },
  worker: { format: "es" },
  plugins: [vendor()],
  server: { proxy: { "/api": process.env.PANHUO_API ?? "http://127.0.0.1:8000" } },
});
