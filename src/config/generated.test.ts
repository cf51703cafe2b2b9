import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parse } from "smol-toml";
import { documentText } from "./document.ts";
import { readContent } from "./read.ts";
import { schemaText } from "./schema.ts";
import { sections } from "./table.ts";
import { checkValue } from "./value.ts";

const hint = "run node scripts/generate-config.mjs";

test("the schema in the repository is the one that the table makes", async () => {
  assert.equal(await readFile("schema/gust.schema.json", "utf8"), schemaText(), hint);
});

test("the documentation in the repository is the one that the table makes", async () => {
  assert.equal(await readFile("docs/configuration.md", "utf8"), documentText(), hint);
});

test("every key of the table has a good default, an example that is accepted, and a text", () => {
  for (const section of sections) {
    for (const entry of section.entries) {
      const name = entry.path.slice(entry.path.lastIndexOf(".") + 1);
      const header =
        section.name === "" ? "" : section.list ? `[[${section.name}]]` : `[${section.name}]`;
      const needed = (section.required ?? []).filter((key) => key !== name);
      const rule = section.entries.some(({ path }) => path === "include_ext") && section.list;
      const inputs = rule && !/^in(?:puts|clude)/.test(name) ? "\ninclude_ext = ['x']" : "";
      // What a list of dependencies names has to be there.
      const others =
        name === "depends_on"
          ? ["db", "auth"].map((one) => `[[process]]\nname = "${one}"\ncmd = "x"`)
          : [];
      const text = [
        `${header}\n${name} = ${entry.example}${inputs}`,
        ...needed.map((key) => `${key} = "x"`),
        ...others,
      ];
      const { problems } = readContent(parse(text.join("\n")), "linux");
      assert.deepEqual(problems, [], entry.path);
      if (entry.fallback !== null) assert.ok(checkValue(entry, entry.fallback).ok, entry.path);
      else assert.ok(entry.fallbackText, entry.path);
      assert.match(entry.doc, /\.\)?$/, entry.path);
    }
  }
});

test("every key of air has a place", () => {
  const air = `root tmp_dir testdata_dir env_files
    build.cmd build.bin build.entrypoint build.full_bin build.args_bin build.pre_cmd build.post_cmd
    build.log build.include_ext build.exclude_dir build.include_dir build.exclude_file
    build.include_file build.exclude_regex build.exclude_unchanged
    build.ignore_dangerous_root_dir build.follow_symlink build.poll build.poll_interval
    build.delay build.stop_on_error build.send_interrupt build.kill_delay build.rerun
    build.rerun_delay log.time log.main_only log.silent color.main color.watcher color.build
    color.runner color.app color.mode misc.clean_on_exit misc.startup_banner
    screen.clear_on_rebuild screen.keep_scroll proxy.enabled proxy.proxy_port proxy.app_port
    proxy.app_start_timeout`.split(/\s+/);
  const known = sections.filter((section) => !section.list).flatMap((section) => section.entries);
  const marked = known.filter((entry) => entry.air).map((entry) => entry.path);
  assert.deepEqual(marked.toSorted(), air.toSorted());
});
