import assert from "node:assert/strict";
import { test } from "node:test";
import { editLinker } from "./edit-linker.ts";

/** The parts of Go's linker that are looked at. */
const ld = `func (ctxt *Link) loadlib() {
	// ctxt.Library grows during the loop, so not a range loop.
	i := 0
	for ; i < len(ctxt.Library); i++ {
		lib := ctxt.Library[i]
	}
	ctxt.loader.LoadSyms(ctxt.Arch)
}
`;
const loader = `func (st *loadState) addSym(name string) Sym {
	l := st.l
	// l.strange in a comment is not code.
	l.symsByName[ver][name] = i
	return i
}

func (st *loadState) preloadSyms(r *oReader, kind int) {
	l := st.l
	for i := start; i < end; i++ {
		st.addSym(name)
	}
}

func (l *Loader) LoadSyms(arch *sys.Arch) {
	l.objSyms = make([]objSym, 1, symSize)

	st := loadState{
		l:            l,
		hashedSyms:   make(map[goobj.HashType]symAndSize, hashedSize),
	}

	for _, r := range l.objs[goObjStart:] {
		st.preloadSyms(r, pkgDef)
	}
	l.npkgsyms = l.NSym()
	for _, r := range l.objs[goObjStart:] {
		st.preloadSyms(r, hashed64Def)
		st.preloadSyms(r, hashedDef)
		st.preloadSyms(r, nonPkgDef)
	}
	for _, r := range l.objs[goObjStart:] {
		loadObjRefs(l, r, arch)
	}
}

func (l *Loader) UndefinedRelocTargets(limit int) ([]Sym, []Sym) {
	result, fromr := []Sym{}, []Sym{}
	return result, fromr
}
`;

const edited = `func (l *Loader) LoadSyms(arch *sys.Arch) {
	if gustEarly.state == nil {
		l.objSyms = make([]objSym, 1, symSize)
	}

	st := gustEarly.state
	if st == nil {
		st = &loadState{
			l:            l,
			hashedSyms:   make(map[goobj.HashType]symAndSize, hashedSize),
		}
	}

	for _, r := range l.gustObjects() {
		st.preloadSyms(r, pkgDef)
	}
	l.npkgsyms = l.NSym()
	for _, r := range l.gustObjects() {
		st.preloadSyms(r, hashed64Def)
		st.preloadSyms(r, hashedDef)
		st.preloadSyms(r, nonPkgDef)
	}
	if l.gustPauses(st) {
		return
	}
	for _, r := range l.objs[goObjStart:] {
		loadObjRefs(l, r, arch)
	}
}

func (l *Loader) UndefinedRelocTargets(limit int) ([]Sym, []Sym) {
	result, fromr := []Sym{}, []Sym{}
	if l.gustAllDefined() {
		return result, fromr
	}
	return result, fromr
}
`;

test("the calls of gust's files are put in, and the rest stays", () => {
  const before = loader.slice(0, loader.indexOf("func (l *Loader) LoadSyms"));
  assert.deepEqual(editLinker({ ld, loader }), {
    ld: ld
      .replace("i := 0", "i := gustLoadEarly(ctxt)")
      .replace("ctxt.loader.LoadSyms(ctxt.Arch)", "gustLoadSyms(ctxt)"),
    loader: before + edited,
  });
});

function check(sources: Partial<Parameters<typeof editLinker>[0]>, expected: RegExp): void {
  const result = editLinker({ ld, loader, ...sources });
  assert.ok(typeof result === "string", JSON.stringify(result));
  assert.match(result, expected);
}

test("a linker that is not as it is known stays as it is, and why", () => {
  check({ ld: ld.replace("i := 0", "i := 1") }, /ld\/lib\.go of this Go is not/);
  check({ ld: ld + ld }, /ld\/lib\.go of this Go is not/);
  check({ ld: "" }, /ld\/lib\.go of this Go is not/);
  check(
    { loader: loader.replaceAll("range l.objs", "range l.objects") },
    /loader\.go of this Go is/,
  );
  check({ loader: loader.replaceAll("r := range", "o := range") }, /loader\.go of this Go is not/);
  check({ loader: loader.replace("symSize)", "symSize, 1)") }, /loader\.go of this Go is not/);
  check({ loader: "" }, /something else than preloadSyms/);
});

test("what a new Go keeps by the numbers of symbols is not passed over", () => {
  const more = "st.addSym(name)\n\t\tl.newMarks[i] = 1";
  check(
    { loader: loader.replace("st.addSym(name)", more) },
    /uses l\.newMarks, which is not known/,
  );
  check({ loader: loader.replace("l.symsByName", "l.names") }, /uses l\.names/);
});
