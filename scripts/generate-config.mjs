// Writes schema/gust.schema.json and docs/configuration.md from the table of keys.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = `${root}build/generate-config.mjs`;
await build({
  stdin: {
    contents: 'export * from "./src/config/schema.ts"; export * from "./src/config/document.ts";',
    resolveDir: root,
  },
  bundle: true,
  format: "esm",
  platform: "node",
  outfile,
});
const { schemaText, documentText } = await import(pathToFileURL(outfile).href);
await mkdir(`${root}schema`, { recursive: true });
await writeFile(`${root}schema/gust.schema.json`, schemaText());
await writeFile(`${root}docs/configuration.md`, documentText());
