import assert from "node:assert/strict";
import { test } from "node:test";
import { Screen } from "../../src/adapters/terminal/screen.ts";
import type { Stream } from "../../src/adapters/terminal/screen.ts";
import type { Sink } from "../../src/adapters/terminal/sink.ts";
import { seeded } from "../sim/random.ts";
import type { Random } from "../sim/random.ts";
import { AnsiScreen } from "../world/ansi-screen.ts";

test("a line of gust's waits for the end of the program's line", () => {
  const { screen, shown } = open({});
  screen.output("stdout", Buffer.from("half a "));
  screen.lines(["gust"]);
  assert.deepEqual(shown(), ["half a"]);
  screen.output("stdout", Buffer.from("line\nnext "));
  assert.deepEqual(shown(), ["half a line", "gust", "next"]);
});

test("a program that does not end its line does not keep gust silent", () => {
  const { screen, shown, fireTimers } = open({});
  screen.output("stdout", Buffer.from("name: "));
  screen.lines(["gust", "says more"]);
  fireTimers();
  assert.deepEqual(shown(), ["name:", "gust", "says more", ""]);
  screen.output("stdout", Buffer.from("answer\n"));
  assert.deepEqual(shown(), ["name:", "gust", "says more", "answer", ""]);
});

test("a line of gust's neither takes on the program's colours nor takes them away", () => {
  const { screen, model, shown } = open({});
  screen.output("stderr", Buffer.from("\u{1b}[31mred\n"));
  screen.lines(["gust"]);
  screen.output("stderr", Buffer.from("red still\u{1b}[0m\n"));
  assert.deepEqual(shown(), ["red", "gust", "red still", ""]);
  assert.deepEqual(
    [0, 1, 2].map((row) => model.coloured(row)),
    ["red", "", "red still"],
  );
});

test("an escape sequence that was begun is not finished by gust's words", () => {
  const { screen, shown, fireTimers } = open({});
  screen.output("stderr", Buffer.from("text\u{1b}[3"));
  screen.lines(["1mgust"]);
  fireTimers();
  assert.deepEqual(shown(), ["text", "1mgust", ""]);
});

test("the status line stays below the output, once, and goes when it is no longer true", () => {
  const { screen, shown } = open({});
  screen.footer("not live");
  assert.deepEqual(shown(), ["not live"]);
  screen.output("stdout", Buffer.from("a\nb\n"));
  assert.deepEqual(shown(), ["a", "b", "not live"]);
  screen.lines(["gust"]);
  assert.deepEqual(shown(), ["a", "b", "gust", "not live"]);
  screen.footer("short");
  assert.deepEqual(shown(), ["a", "b", "gust", "short"]);
  screen.output("stdout", Buffer.from("half"));
  assert.deepEqual(shown(), ["a", "b", "gust", "half"]);
  screen.output("stdout", Buffer.from(" whole\n"));
  assert.deepEqual(shown(), ["a", "b", "gust", "half whole", "short"]);
  screen.footer(null);
  assert.deepEqual(shown(), ["a", "b", "gust", "half whole", ""]);
});

test("a full-screen program has the terminal without a status line", () => {
  const { screen, written } = open({});
  screen.footer("not live");
  screen.output("stdout", Buffer.from("\u{1b}[?1049h\n"));
  assert.doesNotMatch(written().split("1049h")[1] ?? "", /not live/);
  screen.output("stdout", Buffer.from("\u{1b}[?1049l\n"));
  assert.match(written().split("1049l")[1] ?? "", /not live/);
});

test("without a terminal not one byte of control is written", () => {
  const { screen, written } = open({ terminal: false });
  screen.footer("not live");
  screen.output("stdout", Buffer.from("\u{1b}[31mred\n"));
  screen.lines(["gust"]);
  screen.clear(true);
  screen.output("stdout", Buffer.from("end"));
  assert.equal(written(), "\u{1b}[31mred\ngust\nend");
});

test("a stdout that leads elsewhere gets the program's bytes and nothing else", () => {
  const { screen, written, writtenOut } = open({ shared: false });
  screen.footer("not live");
  screen.output("stdout", Buffer.from("half"));
  screen.lines(["gust"]);
  screen.output("stderr", Buffer.from("error\n"));
  screen.output("stdout", Buffer.from(" line\n"));
  assert.equal(writtenOut(), "half line\n");
  assert.match(written(), /gust\n.*error\n/s);
});

test("output that nobody takes holds the program up, and goes on when it is taken", async () => {
  const { screen, sink } = open({ manual: true, blind: true });
  const piece = Buffer.alloc(300_000, "x");
  const answers = Array.from({ length: 5 }, () => screen.output("stdout", piece));
  assert.deepEqual(answers, [true, true, true, false, false]);
  let drained = false;
  const wait = screen.drained().then(() => (drained = true));
  sink.finish();
  assert.equal(drained, false);
  while (sink.finish()) await Promise.resolve();
  await wait;
  assert.equal(screen.output("stdout", piece), true);
});

test("a reader that goes away is told of once, and the rest is let go", () => {
  const { screen, sink, lost } = open({ manual: true });
  screen.output("stdout", Buffer.from("a\n"));
  screen.output("stdout", Buffer.from("b\n"));
  sink.fail();
  assert.deepEqual(lost, ["stderr"]);
  assert.equal(screen.output("stdout", Buffer.alloc(5_000_000)), true);
  assert.equal(sink.finish(), false);
});

test("while somebody else has the terminal everything waits, and nothing is lost", async () => {
  const { screen, shown } = open({});
  screen.footer("not live");
  screen.output("stdout", Buffer.from("before\n"));
  await screen.suspend();
  assert.deepEqual(shown(), ["before", ""]);
  screen.output("stdout", Buffer.from("meanwhile\n"));
  screen.lines(["gust"]);
  screen.footer("still not live");
  assert.deepEqual(shown(), ["before", ""]);
  screen.resume();
  assert.deepEqual(shown(), ["before", "meanwhile", "gust", "still not live"]);
});

test("in the background output goes on, without a status line over the shell's prompt", async () => {
  const { screen, shown } = open({});
  screen.footer("not live");
  await screen.suspend();
  screen.output("stdout", Buffer.from("meanwhile\n"));
  screen.resume(false);
  screen.output("stdout", Buffer.from("later\n"));
  screen.footer("still not live");
  assert.deepEqual(shown(), ["meanwhile", "later", ""]);
  screen.resume();
  assert.deepEqual(shown(), ["meanwhile", "later", "still not live"]);
});

test("a flood while somebody else has the terminal leaves out the oldest output, and says so", async () => {
  const { screen, written } = open({ blind: true });
  await screen.suspend();
  screen.output("stdout", Buffer.from("old\n"));
  screen.output("stdout", Buffer.alloc(4_194_300, "\n"));
  screen.output("stdout", Buffer.from("new\n"));
  screen.resume();
  assert.match(written(), /^4 bytes of output were left out meanwhile\n/);
  assert.doesNotMatch(written(), /old/);
  assert.match(written(), /new\n$/);
});

test("closing writes what waits, and leaves no status line", async () => {
  const { screen, shown } = open({});
  screen.footer("not live");
  screen.output("stdout", Buffer.from("half"));
  screen.lines(["gust"]);
  await screen.close();
  assert.deepEqual(shown(), ["half", "gust", ""]);
});

test("a crash of gust's own still writes what waits", () => {
  const { screen, sink, written } = open({ manual: true });
  screen.output("stdout", Buffer.from("first\n"));
  screen.output("stdout", Buffer.from("last words\n"));
  screen.lines(["gust"]);
  screen.rescue();
  sink.finish();
  assert.equal(written(), "first\nlast words\ngust\n");
});

test("no order of output, lines, status and time mixes lines or loses a byte", () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const forced = seed % 2 === 0;
    const run = open({ manual: true, columns: 30 });
    const { program, lines } = play(run, seeded(seed), forced);
    const why = `seed ${seed}`;
    const rows = run.shown();
    const own = rows.filter((row) => row.startsWith("gust "));
    assert.deepEqual(own, lines, why);
    assert.ok(!rows.some((row) => row.includes("status")), why);
    assert.deepEqual(run.model.unknown, [], why);
    for (const [index, row] of rows.entries()) {
      if (row.startsWith("gust ")) assert.equal(run.model.coloured(index), "", why);
    }
    const rest = rows.filter((row) => !row.startsWith("gust "));
    // Only a line that gust had to end itself may be in two (it has plain words in this case, as
    // a character that had to be broken off is broken).
    if (forced) assert.equal(rest.join(""), program.join(""), why);
    else assert.deepEqual(rest, program, why);
  }
});

interface Run {
  readonly screen: Screen;
  readonly model: AnsiScreen;
  readonly sink: FakeSink;
  readonly lost: readonly Stream[];
  readonly shown: () => readonly string[];
  readonly written: () => string;
  readonly writtenOut: () => string;
  readonly fireTimers: () => void;
}

interface RunOptions {
  readonly terminal?: boolean;
  readonly shared?: boolean;
  /** Writes end when the test says so; otherwise at once. */
  readonly manual?: boolean;
  readonly columns?: number;
  /** Nobody looks at the terminal: for output that is too much for the model. */
  readonly blind?: boolean;
}

/** A screen on a terminal of the test's. */
function open(options: RunOptions): Run {
  const model = new AnsiScreen(options.columns ?? 40);
  const sink = new FakeSink(options.manual === true, options.blind === true ? null : model);
  const out = new FakeSink(options.manual === true, null);
  const timers = new Set<() => void>();
  const lost: Stream[] = [];
  const screen = new Screen({
    stdout: out,
    stderr: sink,
    shared: options.shared ?? true,
    terminal: options.terminal ?? true,
    after: (_ms, callback) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
    lost: (stream) => lost.push(stream),
  });
  return {
    screen,
    model,
    sink,
    lost,
    shown: () => model.rows,
    written: () => Buffer.concat(sink.written).toString(),
    writtenOut: () => Buffer.concat(out.written).toString(),
    fireTimers: () => {
      const due = [...timers];
      timers.clear();
      for (const callback of due) callback();
    },
  };
}

class FakeSink implements Sink {
  readonly written: Uint8Array[] = [];
  readonly #manual: boolean;
  readonly #model: AnsiScreen | null;
  #done: ((error: Error | null) => void) | null = null;

  constructor(manual: boolean, model: AnsiScreen | null) {
    this.#manual = manual;
    this.#model = model;
  }

  write(data: Uint8Array, done: (error: Error | null) => void): void {
    assert.equal(this.#done, null, "one write at a time");
    this.writeNow(data);
    this.#done = done;
    if (!this.#manual) this.finish();
  }

  writeNow(data: Uint8Array): void {
    this.written.push(data);
    this.#model?.write(data);
  }

  /** Ends the write under way; false when there is none. */
  finish(): boolean {
    return this.#end(null);
  }

  fail(): void {
    this.#end(new Error("EPIPE"));
  }

  #end(error: Error | null): boolean {
    const done = this.#done;
    this.#done = null;
    done?.(error);
    return done !== null;
  }
}

interface Played {
  /** The rows that the program alone would have made. */
  readonly program: readonly string[];
  readonly lines: readonly string[];
}

const PLAIN = ["GET/", "200", "x", "-", "ok"];
const ALL = [...PLAIN, " ", "größe", "日本語", "\u{1b}[31m", "\u{1b}[0m", "\u{1b}[1;32m", "🚀"];

/** Plays a random history: output cut anywhere, lines, status lines, time, and slow writes. */
function play(run: Run, random: Random, forced: boolean): Played {
  const alone = new AnsiScreen(30);
  const lines: string[] = [];
  const bytes = programBytes(random, forced ? PLAIN : ALL);
  let at = 0;
  let status = 0;
  while (at < bytes.length) {
    const action = random.below(6);
    if (action <= 1) {
      const end = Math.min(bytes.length, at + 1 + random.below(12));
      const stream = random.once(3) ? "stderr" : "stdout";
      run.screen.output(stream, bytes.subarray(at, end));
      alone.write(bytes.subarray(at, end));
      at = end;
    } else if (action === 2 && random.once(3)) {
      lines.push(`gust ${lines.length}`);
      run.screen.lines(lines.slice(-1));
    } else if (action === 3) {
      status += 1;
      run.screen.footer(random.once(3) ? null : `status ${status}`);
    } else if (action === 4) {
      run.sink.finish();
      const footers = run.shown().filter((row) => row.includes("status"));
      assert.ok(footers.length <= 1, "at most one status line is seen");
    } else if (forced && random.once(2)) {
      run.fireTimers();
    }
  }
  run.screen.footer(null);
  while (run.sink.finish());
  run.fireTimers();
  while (run.sink.finish());
  return { program: alone.rows, lines };
}

/** Lines of coloured and wide words that fit the terminal; the last one ends, in plain colours. */
function programBytes(random: Random, words: readonly string[]): Uint8Array {
  let text = "";
  for (let line = 0; line < 8; line += 1) {
    for (let word = random.below(4); word > 0; word -= 1) text += words[random.below(words.length)];
    text += random.once(5) ? "\r\n" : "\n";
  }
  return Buffer.from(text);
}
