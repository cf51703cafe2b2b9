import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Differential, linkerFlags, logIn } from "../differential/differential.ts";
import { seeded } from "../sim/random.ts";
import { goEnv, tempFiles } from "../world/temp-module.ts";
import { linkerPlaces, linkersWait, openWorkshop } from "./builder-kit.ts";

/*
 * What is built by compiler and linker alone must be what `go build` makes, byte for byte but for the
 * build IDs, and what they say of mistakes must be what `go build` says.
 */

test("random edits lead to the same program, or the same messages, as `go build`", async (t) => {
  const seed = Number(process.env["GUST_EDIT_SEED"] ?? 1);
  const spare = await tempFiles(t, { ".keep": "" });
  const shop = await openWorkshop(t, {}, { logFile: logIn(spare), preload: linkerPlaces });
  await cp("examples/guestbook", shop.dir, { recursive: true });
  const differential = new Differential(
    {
      name: "guestbook",
      dir: shop.dir,
      package: ".",
      flags: linkerFlags,
      env: goEnv(),
      builder: shop.builder,
      log: logIn(spare),
      reference: join(spare, "reference"),
    },
    seeded(seed),
  );
  await differential.begin();
  for (let edit = 0; edit < 40; edit += 1) await differential.step();
  const { tally } = differential;
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.good > 10 && tally.bad > 3, JSON.stringify(tally));
  if (await linkersWait()) assert.ok(tally.preloaded > 10, JSON.stringify(tally));
});
