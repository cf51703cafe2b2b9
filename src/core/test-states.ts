import { digest } from "./digest.ts";
import { memo } from "./memo.ts";
import type { PackagePrint, Prints, TestPackage } from "./test-model.ts";
import { type FilePrint, type FunctionPrint, shapeOf } from "./test-print.ts";

/** The state of everything that a test binary is made of, and of its testdata. */
export function wholeOf(one: TestPackage, prints: Prints): string {
  const own = prints.get(one.path);
  const data = own === undefined ? "" : shapeOf(own.testdata) + shapeOf(own.otherTest);
  return digest(`${codeOf(one, prints)}\n${data}`);
}

/** The same without its data. */
export function codeOf(one: TestPackage, prints: Prints): string {
  const own = prints.get(one.path);
  const test = [...(own?.test ?? [])].map(([path, print]) => `${path}\0${fullOf(print)}`);
  const links = one.links.map((path) => `${path}\0${goPrint(prints.get(path))}`);
  return digest([...links.toSorted(), ...test.toSorted()].join("\n"));
}

/** Everything but bodies of functions, of all that it links, and what runs around each of its tests. */
export function worldOf(one: TestPackage, prints: Prints): string {
  const worlds = worldsOf(prints);
  const known = worlds.get(one.path);
  if (known !== undefined) return known;
  const links = one.links.map((path) => `${path}\0${shapeOfPackage(prints.get(path))}`);
  const width = testWidth(prints.get(one.path)).values();
  const world = digest([...links.toSorted(), ...width].join("\n"));
  worlds.set(one.path, world);
  return world;
}

/** Asked for once for each test of a package. */
const worldsOf = memo<Prints, Map<string, string>>(() => new Map());

/** A test with the helpers that it may call. */
export function ownOf(name: string, print: PackagePrint | undefined): string {
  const functions = testFunctions(print);
  const used = closure(name, functions).toSorted();
  return digest(used.map((one) => `${one}\0${functions.get(one)?.digest ?? ""}`).join("\n"));
}

/** The tests that `go test` would run: tests, fuzz tests with their seeds, and examples. */
export function testsOf(print: PackagePrint | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, { kind, digest: text }] of testFunctions(print)) {
    if (kind === "test" || kind === "fuzz" || kind === "example") found.set(name, text);
  }
  return found;
}

export const goFunctions = (print: PackagePrint | undefined): FilePrint["functions"] =>
  print === undefined ? new Map() : goFunctionsOf(print);

export const testFunctions = (print: PackagePrint | undefined): FilePrint["functions"] =>
  print === undefined ? new Map() : testFunctionsOf(print);

const goFunctionsOf = memo(({ go }: PackagePrint) => functionsOf(go));
const testFunctionsOf = memo(({ test }: PackagePrint) => functionsOf(test));

/** A name may be there twice: in the package, and in its `_test` package. Both count then. */
function functionsOf(files: ReadonlyMap<string, FilePrint>): FilePrint["functions"] {
  const all = new Map<string, FunctionPrint>();
  for (const { functions } of files.values()) {
    for (const [name, print] of functions) {
      const other = all.get(name);
      all.set(name, other === undefined ? print : both(other, print));
    }
  }
  return all;
}

const both = (one: FunctionPrint, other: FunctionPrint): FunctionPrint => ({
  ...one,
  kind: one.kind === "plain" ? other.kind : one.kind,
  digest: digest(`${one.digest}\n${other.digest}`),
  uses: [...one.uses, ...other.uses],
});

/** The function and those of the test files that it may call, found by their names. */
export function closure(name: string, functions: FilePrint["functions"]): readonly string[] {
  const found = new Set([name]);
  for (const one of found) {
    for (const used of functions.get(one)?.uses ?? []) {
      if (functions.get(used)?.kind === "plain") found.add(used);
    }
  }
  return [...found];
}

/** What of the test files matters to every test: variables, `TestMain`, methods, and what these use. */
export const testWidth = (print: PackagePrint | undefined): ReadonlyMap<string, string> =>
  print === undefined ? new Map() : widthOf(print);

const widthOf = memo((print: PackagePrint): ReadonlyMap<string, string> => {
  const width = new Map<string, string>();
  const functions = testFunctions(print);
  const wide = new Set<string>();
  for (const [path, { parts, uses }] of print.test) {
    for (const [part, text] of parts) {
      // A signature is part of the function, which is compared by itself.
      if (!part.endsWith(" (signature)")) width.set(`${path}\0${part}`, text);
    }
    for (const used of uses) wide.add(used);
  }
  for (const [name, { kind, uses, digest: text }] of functions) {
    if (kind !== "method") continue;
    width.set(`\0${name}`, text);
    for (const used of uses) wide.add(used);
  }
  for (const start of wide) {
    if (functions.get(start)?.kind !== "plain") continue;
    for (const name of closure(start, functions)) {
      width.set(`\0${name}`, functions.get(name)?.digest ?? "");
    }
  }
  for (const [path, text] of print.otherTest) width.set(`${path}\0file`, text);
  return width;
});

const shapeOfPackage = (print: PackagePrint | undefined): string =>
  print === undefined ? "" : packageShape(print);

const packageShape = memo((print: PackagePrint): string => {
  const files = [...print.go].map(([path, { shape }]): [string, string] => [path, shape]);
  return shapeOf(new Map([...files, ...print.other]));
});

const goPrint = (print: PackagePrint | undefined): string =>
  print === undefined ? "" : packagePrint(print);

const packagePrint = memo((print: PackagePrint): string => {
  const files = [...print.go].map(([path, one]): [string, string] => [path, fullOf(one)]);
  return shapeOf(new Map([...files, ...print.other]));
});

const fullOf = memo(
  ({ shape, functions }: FilePrint): string =>
    shape + shapeOf(new Map([...functions].map(([name, { digest }]) => [name, digest]))),
);
