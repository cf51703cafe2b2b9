// Makes docs/terminal.svg: what a terminal shows of a real run of gust on a copy of
// examples/guestbook, with a good save and a bad one. Needs `npm run build` and, for the terminal,
// `script` of util-linux.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const columns = 96;
const palette = {
  31: "#ff6b68",
  32: "#7bd88f",
  33: "#f5c76e",
  34: "#7aa2f7",
  35: "#d18ae0",
  36: "#6fd3d9",
};
const work = mkdtempSync(join(tmpdir(), "gust-picture-"));
try {
  const { AnsiScreen } = await loadScreen();
  // The first run builds the keeper and fills the build cache, which is not what one sees later.
  await playRun(AnsiScreen);
  const screen = await playRun(AnsiScreen);
  writeFileSync("docs/terminal.svg", toSvg(screen));
  process.stdout.write(`${screen.rows.join("\n")}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The model of a terminal that the tests use. */
async function loadScreen() {
  const outfile = join(work, "ansi-screen.mjs");
  await build({
    entryPoints: ["test/world/ansi-screen.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  return import(outfile);
}

/** Runs gust, saves twice, and stops it with the second save still red. */
async function playRun(AnsiScreen) {
  const app = join(work, "guestbook");
  rmSync(app, { recursive: true, force: true });
  cpSync("examples/guestbook", app, { recursive: true });
  const gust = `stty cols ${columns} rows 30; exec '${process.execPath}' '${resolve("bin/gust")}'`;
  const env = {
    ...process.env,
    TERM: "xterm-256color",
    SHELL: "/bin/sh",
    PORT: String(await freePort()),
    XDG_RUNTIME_DIR: work,
  };
  delete env.NO_COLOR;
  const terminal = spawn("script", ["-qec", gust, "/dev/null"], { cwd: app, env });
  const screen = new AnsiScreen(columns);
  let look = null;
  terminal.stdout.on("data", (data) => {
    screen.write(data);
    look?.();
  });
  const ended = new Promise((done) => terminal.once("close", done));
  const until = (pattern) =>
    new Promise((done, fail) => {
      look = () => pattern.test(screen.rows.join("\n")) && done();
      void ended.then(() => fail(new Error(`gust left:\n${screen.rows.join("\n")}`)));
      look();
    });
  const save = (file, from, to) => {
    const path = join(app, file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(path, text.replace(from, to));
  };
  await until(/#1 live/);
  save("main.go", "with %d entries", "and holds %d entries");
  await until(/#2 live/);
  save("main.go", "store.Open(", "store.Opne(");
  await until(/● #3 is not live.*stale/);
  const picture = { rows: screen.rows, pieces: screen.pieces };
  terminal.stdin.write("q");
  await ended;
  return picture;
}

/** The port that the example has by itself, or any other where it is taken. */
function freePort(wanted = 8080) {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(freePort(0)));
    server.listen(wanted, "localhost", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

function toSvg({ pieces }) {
  const cell = { width: 8.4, height: 19 };
  const rows = pieces.slice(pieces.findIndex((row) => row.length > 0));
  const width = Math.ceil(columns * cell.width) + 32;
  const height = rows.length * cell.height + 56;
  const lines = rows.map((row, index) => {
    let column = 0;
    const spans = row.map(({ text, colours }) => {
      const x = (16 + column * cell.width).toFixed(1);
      column += [...text].length;
      const length = ([...text].length * cell.width).toFixed(1);
      // The length keeps the columns in line whatever font there is.
      return `<tspan x="${x}" textLength="${length}"${style(colours)}>${escape(text)}</tspan>`;
    });
    return `<text y="${56 + index * cell.height}">${spans.join("")}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="gust in a terminal: one save is live, the next has a typo, and the last good version serves on">
<rect width="100%" height="100%" rx="8" fill="#16181d"/>
<circle cx="20" cy="18" r="5.5" fill="#ff5f57"/><circle cx="38" cy="18" r="5.5" fill="#febc2e"/><circle cx="56" cy="18" r="5.5" fill="#28c840"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#d7dae0" xml:space="preserve">
${lines.join("\n")}
</g>
</svg>
`;
}

function style(colours) {
  const codes = [...colours.matchAll(/\[([\d;]*)m/g)].flatMap(([, list]) => list.split(";"));
  let fill = null;
  let bold = false;
  let dim = false;
  for (const code of codes) {
    if (code in palette) fill = palette[code];
    else if (code === "39") fill = null;
    else if (code === "1") bold = true;
    else if (code === "2") dim = true;
    else if (code === "22") [bold, dim] = [false, false];
  }
  return [
    fill === null ? "" : ` fill="${fill}"`,
    bold ? ' font-weight="700"' : "",
    dim ? ' opacity="0.55"' : "",
  ].join("");
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
