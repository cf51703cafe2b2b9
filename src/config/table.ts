import type { Entry, Section } from "./entry.ts";
import { browserSection, editorSection, uiSection } from "./table-browser.ts";
import { buildSection } from "./table-build.ts";
import {
  colorSection,
  logSection,
  miscSection,
  projectSection,
  screenSection,
} from "./table-project.ts";
import { proxySection } from "./table-proxy.ts";
import { debugSection } from "./table-debug.ts";
import { hooksSection, notifySection } from "./table-hooks.ts";
import { modulesSection } from "./table-modules.ts";
import { buildRuleSection, ruleSection } from "./table-rules.ts";
import { testSection } from "./table-test.ts";
import { healthSection, readySection, runSection } from "./table-run.ts";
import { processSection, serviceSection } from "./table-services.ts";

/** Every section of the file, in the order of the documentation. */
export const sections: readonly Section[] = [
  projectSection,
  buildSection,
  modulesSection,
  readySection,
  healthSection,
  runSection,
  testSection,
  debugSection,
  ruleSection,
  buildRuleSection,
  serviceSection,
  processSection,
  logSection,
  hooksSection,
  notifySection,
  colorSection,
  miscSection,
  screenSection,
  browserSection,
  proxySection,
  editorSection,
  uiSection,
];

/** Every key that stands once in the file, by its path. Each is also a flag, `--` and the path. */
export const entries: ReadonlyMap<string, Entry> = new Map(
  sections
    .filter((section) => !section.list)
    .flatMap((section) => section.entries)
    .map((entry) => [entry.path, entry]),
);

/** Tables of `[build]` that hold for one system only, by Node's name of that system. */
export const platforms: ReadonlyMap<string, string> = new Map([
  ["win32", "windows"],
  ["darwin", "darwin"],
  ["linux", "linux"],
]);
