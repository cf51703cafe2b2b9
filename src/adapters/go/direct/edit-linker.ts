/** Sources of Go's linker. */
export interface LinkerSources {
  /** cmd/link/internal/ld/lib.go */
  readonly ld: string;
  /** cmd/link/internal/loader/loader.go */
  readonly loader: string;
}

/**
 * Puts the calls of gust's files (`linker/`) into Go's linker. A string tells why they do not go into
 * this one: the linker of another Go, of which it is not known whether it would link the same.
 */
export function editLinker({ ld, loader }: LinkerSources): LinkerSources | string {
  const strange = strangeIn(loader);
  if (strange !== null) return `the linker of this Go uses ${strange}, which is not known`;
  const edited = { ld: apply(ld, ldEdits), loader: apply(loader, loaderEdits) };
  if (edited.ld === null) return "cmd/link/internal/ld/lib.go of this Go is not as it is known";
  if (edited.loader === null) {
    return "cmd/link/internal/loader/loader.go of this Go is not as it is known";
  }
  return { ld: edited.ld, loader: edited.loader };
}

interface Edit {
  /** Found once, or the whole is given up. */
  readonly find: RegExp;
  readonly put: (found: string, ...groups: string[]) => string;
}

const ldEdits: readonly Edit[] = [
  {
    find: /\ti := 0\n\tfor ; i < len\(ctxt\.Library\); i\+\+ \{\n/g,
    put: (found) => found.replace("i := 0", "i := gustLoadEarly(ctxt)"),
  },
  {
    find: /\tctxt\.loader\.LoadSyms\(ctxt\.Arch\)\n/g,
    put: () => "\tgustLoadSyms(ctxt)\n",
  },
];

/** LoadSyms runs twice: up to the middle for what is loaded early, and as a whole for the rest. */
const loaderEdits: readonly Edit[] = [
  {
    find: /\tl\.objSyms = make\(\[\]objSym, 1, symSize\)\n/g,
    put: (found) => `\tif gustEarly.state == nil {\n\t${found}\t}\n`,
  },
  {
    find: /\tst := (loadState\{\n(?:\t\t.*\n)*\t\}\n)/g,
    put: (_, made) =>
      `\tst := gustEarly.state\n\tif st == nil {\n\t\tst = &${made?.replaceAll("\n\t", "\n\t\t")}\t}\n`,
  },
  ...["pkgDef", "hashed64Def"].map((kind) => ({
    find: new RegExp(
      `\\tfor _, r := range l\\.objs\\[goObjStart:\\] \\{\\n\\t\\tst\\.preloadSyms\\(r, ${kind}\\)\\n`,
      "g",
    ),
    put: (found: string) => found.replace("l.objs[goObjStart:]", "l.gustObjects()"),
  })),
  {
    find: /\t\tst\.preloadSyms\(r, nonPkgDef\)\n\t\}\n/g,
    put: (found) => `${found}\tif l.gustPauses(st) {\n\t\treturn\n\t}\n`,
  },
  {
    find: /\tresult, fromr := \[\]Sym\{\}, \[\]Sym\{\}\n/g,
    put: (found) => `${found}\tif l.gustAllDefined() {\n\t\treturn result, fromr\n\t}\n`,
  },
];

function apply(source: string, edits: readonly Edit[]): string | null {
  let text = source;
  for (const { find, put } of edits) {
    if ([...text.matchAll(find)].length !== 1) return null;
    text = text.replace(find, put);
  }
  return text;
}

/**
 * What the first half of LoadSyms keeps by the numbers of symbols has to get the new numbers later
 * (linker/loader/gust.go, gustTranslate): anything else that it uses may be such a thing.
 */
function strangeIn(loader: string): string | null {
  for (const name of ["preloadSyms", "addSym"]) {
    const [, body] = new RegExp(
      `^func \\(st \\*loadState\\) ${name}\\(.*\\n((?:.*\\n)*?)\\}\\n`,
      "m",
    ).exec(loader) ?? [null, null];
    if (body === null || body === undefined) return `something else than ${name}`;
    const code = body.replaceAll(/^\s*\/\/.*$/gm, "");
    for (const [, field = ""] of code.matchAll(/\b((?:l|st)\.\w+)/g)) {
      if (!known.has(field)) return field;
    }
  }
  return null;
}

const known: ReadonlySet<string> = new Set(
  (
    "l.SetAttrLocal l.SetAttrUsedInIface l.SetSymAlign l.SymAlign l.SymSize l.WasmExports l.builtinSyms " +
    "l.checkdup l.extStart l.flags l.growAttrBitmaps l.objSyms l.sizeFixups l.symsByName l.toLocal " +
    "st.addSym st.hashed64Syms st.hashedSyms st.l st.linknameVarRefs"
  ).split(" "),
);
