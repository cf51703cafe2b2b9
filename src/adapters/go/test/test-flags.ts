/** The flags of a build that mean the same to `go test`; what names or strips a binary does not. */
export function flagsForTests(flags: readonly string[]): readonly string[] {
  return pick(flags, (name) => !notForTests.has(name));
}

/** Of the flags of `go test` those that decide which files are compiled: `go list` has to know them. */
export function listedFlags(flags: readonly string[]): readonly string[] {
  return pick(flags, (name) => listed.has(name));
}

/** Those that `go test -c` understands. */
export function compiledFlags(flags: readonly string[]): readonly string[] {
  return pick(flags, (name) => !ofBinary.has(name) && !notForTests.has(name) && name !== "args");
}

/** Those that the test binary itself takes, as it takes them: `-short` is `-test.short`. */
export function binaryFlags(flags: readonly string[]): readonly string[] {
  const end = flags.findIndex((flag) => /^--?args$/.test(flag));
  const own = end < 0 ? flags : flags.slice(0, end);
  const kept = pick(own, (name) => ofBinary.has(name) && !chosenHere.has(name));
  const named = kept.map((flag) => flag.replace(/^--?(?=[a-z])/, "-test."));
  return end < 0 ? named : [...named, ...flags.slice(end + 1)];
}

/** Keeps flags by their names, each with its value where that is a word of its own. */
function pick(flags: readonly string[], wanted: (name: string) => boolean): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? "";
    const [, name = "", inline] = /^--?([\w.]+)(=.*)?$/s.exec(flag) ?? [];
    const own = name.replace(/^test\./, "");
    const values = inline === undefined && takesValue.has(own) ? 1 : 0;
    if (name === "args") {
      if (wanted(name)) kept.push(...flags.slice(at));
      return kept;
    }
    if (wanted(own)) kept.push(...flags.slice(at, at + 1 + values));
    at += values;
  }
  return kept;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const notForTests = words(
  "o ldflags buildmode pgo cover covermode coverpkg coverprofile json n x v a c i exec vet",
);
const listed = words("tags race msan asan mod modfile overlay compiler");
const ofBinary = words(
  "short v parallel cpu count failfast shuffle timeout run skip list bench benchmem benchtime " +
    "blockprofile blockprofilerate cpuprofile memprofile memprofilerate mutexprofile " +
    "mutexprofilefraction outputdir trace fullpath fuzz fuzztime fuzzminimizetime",
);
/** gust says these itself. */
const chosenHere = words("v count timeout run list bench fuzz");
const takesValue = words(
  "o ldflags buildmode pgo covermode coverpkg coverprofile exec vet tags mod modfile overlay " +
    "compiler gcflags asmflags gccgoflags installsuffix p pkgdir toolexec parallel cpu count shuffle " +
    "timeout run skip list bench benchtime blockprofile blockprofilerate cpuprofile memprofile " +
    "memprofilerate mutexprofile mutexprofilefraction outputdir trace fuzz fuzztime fuzzminimizetime",
);
