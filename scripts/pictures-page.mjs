// Makes docs/pictures/overlay.png and error-page.png: what a browser shows of a real run of gust on a
// copy of examples/guestbook, with a save that does not build. Needs `npm run build` and Chromium.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const work = mkdtempSync(join(tmpdir(), "gust-picture-"));
const app = join(work, "guestbook");
const port = await freePort();
const browser = await chromium.launch({
  executablePath: [process.env.GUST_CHROMIUM, "/usr/bin/chromium"].find(
    (path) => path !== undefined && existsSync(path),
  ),
  args: ["--no-sandbox"],
});
try {
  cpSync("examples/guestbook", app, { recursive: true });
  mkdirSync("docs/pictures", { recursive: true });
  // A run knows from the one before where the program listens.
  const first = startGust();
  await first.until(/"type":"live"/);
  await first.until(/"activity":"idle"/);
  await first.stop();
  save("store.Open(", "store.Opne(");
  const gust = startGust();
  await gust.until(/"type":"failed"/);
  const page = await openPage();
  await visit(page);
  await page.screenshot({ path: "docs/pictures/error-page.png" });
  save("store.Opne(", "store.Open(");
  await page.getByRole("button", { name: "Sign the book" }).waitFor();
  save("store.Open(", "store.Opne(");
  await page.getByRole("dialog").waitFor();
  await page.screenshot({ path: "docs/pictures/overlay.png" });
  await gust.stop();
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}

async function openPage() {
  const context = await browser.newContext({
    viewport: { width: 960, height: 600 },
    deviceScaleFactor: 2,
  });
  // Where the overlay is looked for it has to be open.
  await context.addInitScript(() => {
    const attach = Object.getOwnPropertyDescriptor(Element.prototype, "attachShadow").value;
    Element.prototype.attachShadow = function attachOpen(init) {
      return Reflect.apply(attach, this, [{ ...init, mode: "open" }]);
    };
  });
  return context.newPage();
}

/** gust opens the program's port a moment after it has told of the failure. */
async function visit(page) {
  for (let left = 50; left > 0; left -= 1) {
    const failure = await page.goto(`http://localhost:${port}/`).then(
      () => null,
      (error) => error,
    );
    if (failure === null) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("gust does not answer in the program's place");
}

function startGust() {
  const gust = spawn(process.execPath, [resolve("bin/gust"), "--json"], {
    cwd: app,
    env: { ...process.env, PORT: String(port), XDG_RUNTIME_DIR: work },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((done) => gust.once("close", done));
  let told = "";
  let look = null;
  gust.stdout.on("data", (data) => {
    told += data;
    look?.();
  });
  const until = (pattern) =>
    new Promise((done, fail) => {
      look = () => pattern.test(told) && done();
      void ended.then(() => fail(new Error(`gust left:\n${told}`)));
      look();
    });
  const stop = () => {
    gust.kill("SIGINT");
    return ended;
  };
  return { until, stop };
}

function save(from, to) {
  const path = join(app, "main.go");
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`main.go has no ${from}`);
  writeFileSync(path, text.replace(from, to));
}

/** The port that the example has by itself, or the next; gust does not keep one that the system chose. */
function freePort(wanted = 8080) {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(freePort(wanted + 1)));
    server.listen(wanted, "localhost", () => server.close(() => done(wanted)));
  });
}
