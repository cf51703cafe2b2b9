// npm run bench: measures gust beside air and beside the floor. See README.md.
// `npm run bench -- --help` lists the options; `node bench/run.mjs NAME.ts` runs another script of
// this directory.
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const [first = ""] = process.argv.slice(2);
const named = first.endsWith(".ts") && existsSync(`bench/${first}`);
if (named) process.argv.splice(2, 1);
const script = named ? first : "main.ts";
const outfile = `bench/.work/scripts/${script.replace(/\.ts$/, ".mjs")}`;
// Bundling takes a tenth of the time of a type check, which `npm test` does.
await build({
  entryPoints: [`bench/${script}`],
  outfile,
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: "inline",
  logLevel: "warning",
});
process.setSourceMapsEnabled(true);
await import(pathToFileURL(outfile).href);
