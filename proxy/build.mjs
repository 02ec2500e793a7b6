// Bundles the proxy into one file, so that an installed OpsForge needs no node_modules.
import { build } from "esbuild";

const [outfile] = process.argv.slice(2);

await build({
  entryPoints: ["main.mjs"],
  outfile,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  legalComments: "eof",
  logLevel: "warning",
  // A bundle in CommonJS has no import.meta, which the proxy reads.
  banner: {
    js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;',
  },
  define: { "import.meta.url": "importMetaUrl" },
});
