// Bundles the program into dist/: start-up is what a user waits for, and one file loads in a third
// of the time that a tree of modules takes. What is seldom used stays in chunks of its own.
import { cpSync, readFileSync, renameSync, rmSync } from "node:fs";
import { build, transform } from "esbuild";

// A gust that starts meanwhile finds the old bundle or the new one, never half of one.
const fresh = `dist.${process.pid}`;
await build({
  entryPoints: {
    cli: "src/cli.ts",
    // A thread begins with a file of its own.
    "binary-diff-worker": "src/adapters/go/binary-diff-worker.ts",
  },
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
  entryPoints: [
    { in: "src/browser/page/client.ts", out: "client" },
    { in: "src/browser/page/worker.ts", out: "worker" },
    { in: "src/browser/dashboard/main.tsx", out: "dashboard" },
    { in: "src/browser/dashboard/dashboard.css", out: "dashboard" },
  ],
  outdir: `${fresh}/browser`,
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  charset: "utf8",
  target: browsers,
  plugins: [{ name: "look", setup: minifyLook }],
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});
cpSync("src/browser/dashboard/dashboard.html", `${fresh}/browser/dashboard.html`);
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
