import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// `npm run dev` sends everything that isn't the page to a running platform (`make run`).
const platform = process.env.OPSFORGE_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/opsforge/_web",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    manifest: true,
  },
  server: {
    proxy: {
      "/api": { target: platform },
      "/hub": { target: platform },
      "/user": { target: platform, ws: true },
    },
  },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
