// Bundles the program into dist/: start-up is what a user waits for, and one file loads in a third
// of the time that a tree of modules takes. What is seldom used stays in chunks of its own.
import { readFileSync, renameSync, rmSync } from "node:fs";
import { build, transform } from "esbuild";

// A gust that starts meanwhile finds the old bundle or the new one, never half of one.
const fresh = `dist.${process.pid}`;
await build({
  entryPoints: { cli: "src/cli.ts" },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: true,
  logLevel: "warning",
  // Its other form asks for its parts in a way that no bundler can follow.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
  // Bundled CommonJS packages still ask for Node's modules by `require`.
  banner: {
    js: 'import { createRequire as gustRequire } from "node:module"; const require = gustRequire(import.meta.url);',
  },
});
const browsers = ["chrome111", "firefox115", "safari16.4"];
// What browsers are given: pages of the program, and the dashboard.
await build({
  entryPoints: {
    client: "src/browser/page/client.ts",
    worker: "src/browser/page/worker.ts",
  },
  outdir: `${fresh}/browser`,
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  charset: "utf8",
  target: browsers,
  plugins: [{ name: "look", setup: minifyLook }],
  logLevel: "warning",
});
rmSync("dist", { recursive: true, force: true });
renameSync(fresh, "dist");

/** The style of overlay and badge is text in a script, which nothing else makes shorter. */
function minifyLook({ onLoad }) {
  onLoad({ filter: /page[\\/]look\.ts$/ }, async ({ path }) => {
    const [, css] = /`([^`]*)`/.exec(readFileSync(path, "utf8"));
    const { code } = await transform(css, { loader: "css", minify: true, target: browsers });
    return { contents: `export const look = ${JSON.stringify(code)}` };
  });
}
