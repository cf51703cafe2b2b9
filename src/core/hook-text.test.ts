import assert from "node:assert/strict";
import { test } from "node:test";
import { hookNames, withHook, withoutHook } from "./hook-text.ts";

const place = { command: ["/usr/bin/node", "/opt/it's here/gust"], dir: "services/api" };

test("gust's block comes and goes, and what else is in the file stays", () => {
  for (const name of hookNames) {
    const fresh = withHook(name, null, place);
    assert.match(fresh ?? "", /^#!\/bin\/sh\n# >>> gust: /);
    assert.match(fresh ?? "", /'\/opt\/it'\\''s here\/gust'/);
    assert.equal(withHook(name, "", place), fresh);
    assert.equal(withHook(name, fresh, place), fresh);
    assert.equal(withoutHook(fresh ?? ""), "");
    const mixed = `#!/bin/bash\necho before\n${(fresh ?? "").replace("#!/bin/sh\n", "")}echo after\n`;
    assert.equal(withHook(name, mixed, place), mixed);
    assert.equal(withoutHook(mixed), "#!/bin/bash\necho before\necho after\n");
  }
});

test("a hook of somebody else is left alone", () => {
  const theirs = "#!/bin/sh\nnpx lint-staged\n";
  assert.equal(withHook("pre-push", theirs, place), null);
  assert.equal(withoutHook(theirs), null);
});
