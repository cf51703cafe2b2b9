// Package loader is a part of the Go linker (cmd/link/internal/loader), to which gust adds this file.
// See docs/building.md.
package loader

import (
	"cmd/internal/sys"
	"cmd/link/internal/sym"
	"math/bits"
	"slices"
	"sync"
)

// gustEarly is what LoadSyms has done of its work before it is known which objects there are going
// to be. gust calls it twice: for the objects that are there, and for all.
var gustEarly struct {
	// begun: the first call is under way, or over.
	begun bool
	state *loadState
	// count is how many objects the state has, and symbols how many symbols.
	count, symbols int
	// rank tells the order of libraries; nil until all are loaded.
	rank map[*sym.Library]int
	// uneven are the symbols with definitions of different sizes, or that do not give way: it has to be
	// looked which of them counts.
	uneven Bitmap
}

// GustLoadEarly does the first half of LoadSyms, for the objects that are loaded so far. It returns a
// reason where it counts which of them comes first: in the end they are in another order.
func (l *Loader) GustLoadEarly(arch *sys.Arch) string {
	gustEarly.begun = true
	l.LoadSyms(arch)
	return l.gustCompare()
}

// gustAllDefined says that no relocation can have a target that is not defined: there is no such
// symbol, and only those that no Go object defines can be one.
func (l *Loader) gustAllDefined() bool {
	for _, p := range l.payloads {
		if p.kind == sym.SXREF && p.name != ".got" {
			return false
		}
	}
	return true
}

// gustObjects are those whose symbols are not there yet.
func (l *Loader) gustObjects() []*oReader {
	return l.objs[goObjStart+gustEarly.count:]
}

// gustPauses is called by LoadSyms when it has the symbols that objects define; it says that the rest
// has to wait.
func (l *Loader) gustPauses(st *loadState) bool {
	if !gustEarly.begun {
		return false
	}
	if gustEarly.rank == nil {
		gustEarly.state = st
		gustEarly.count = len(l.objs) - goObjStart
		return true
	}
	l.gustRenumber(st)
	return false
}

// GustReorder is told in which order libraries come. It returns a reason where that, or what the late
// objects define, would make a difference for more than the numbers of symbols.
func (l *Loader) GustReorder(rank map[*sym.Library]int) string {
	gustEarly.rank = rank
	for _, r := range l.gustObjects() {
		for i, n := uint32(0), uint32(r.NAlldef()); i < n; i++ {
			if i == uint32(r.ndef) {
				i += uint32(r.nhashed64def + r.nhasheddef)
				if i == n {
					break
				}
			}
			osym := r.Sym(i)
			name, v := osym.Name(r.Reader), abiToVer(osym.ABI(), r.version)
			if name == "" || v == r.version {
				continue
			}
			old, ok := l.symsByName[v][name]
			if !ok {
				continue
			}
			if i < uint32(r.ndef) {
				return name + " is known already"
			}
			if r2, i2 := l.toLocal(old); r2.Sym(i2).Dupok() != osym.Dupok() {
				return name + " is defined in two ways"
			}
		}
	}
	return ""
}

// gustCompare takes in which symbols have definitions of different sizes. It returns a reason where one
// of them gives way to others and another does not.
func (l *Loader) gustCompare() string {
	gustEarly.symbols = l.NSym()
	uneven := MakeBitmap(gustEarly.symbols)
	gustEarly.uneven = uneven
	for _, r := range l.objs[goObjStart:] {
		named := r.ndef + r.nhashed64def + r.nhasheddef
		for i, n := 0, r.NAlldef(); i < n; i++ {
			s := r.syms[i]
			taken, at := l.toLocal(s)
			if taken == r && at == uint32(i) {
				continue
			}
			one, other := r.Sym(uint32(i)), taken.Sym(at)
			if i >= named && one.Dupok() != other.Dupok() {
				return one.Name(r.Reader) + " is defined in two ways"
			}
			hashed := i >= r.ndef && i < named
			if one.Siz() != other.Siz() || (!hashed && !one.Dupok()) {
				uneven.Set(s)
			}
		}
	}
	return ""
}

// gustUneven are, besides those of the early objects, all that late objects define as well.
func (l *Loader) gustUneven() Bitmap {
	uneven := gustEarly.uneven
	if n := l.NSym(); uneven.Len() < n {
		uneven = append(uneven, MakeBitmap(n-uneven.Len())...)
	}
	for _, r := range l.gustObjects() {
		for i, n := 0, r.NAlldef(); i < n; i++ {
			if taken, at := l.toLocal(r.syms[i]); taken != r || at != uint32(i) || int(r.syms[i]) < gustEarly.symbols {
				uneven.Set(r.syms[i])
			}
		}
	}
	return uneven
}

// gustRenumber gives symbols the numbers, and objects the order, that they would have if all had been
// loaded at once: it depends on them what comes first in the program.
func (l *Loader) gustRenumber(st *loadState) {
	uneven := l.gustUneven()
	objects := slices.Clone(l.objs[goObjStart:])
	slices.SortStableFunc(objects, func(a, b *oReader) int {
		return gustEarly.rank[a.unit.Lib] - gustEarly.rank[b.unit.Lib]
	})
	places := make([]uint32, len(l.objs))
	for i, r := range objects {
		places[r.objidx] = uint32(goObjStart + i)
	}
	// From the old numbers to the new ones.
	numbers := make([]Sym, len(l.objSyms))
	fresh := make([]objSym, 1, len(l.objSyms)+1000)
	number := func(place, from, to int) {
		r := objects[place]
		for i := from; i < to; i++ {
			s := r.syms[i]
			if numbers[s] == 0 {
				numbers[s] = Sym(len(fresh))
				fresh = append(fresh, objSym{uint32(goObjStart + place), uint32(i)})
			} else if uneven.Has(s) {
				// Of those that give way to each other the first of the largest is taken: all but one that
				// has a content which others have not.
				taken := &fresh[numbers[s]]
				other := objects[taken.objidx-goObjStart].Sym(taken.s)
				osym := r.Sym(uint32(i))
				hashed := i >= r.ndef && i < r.ndef+r.nhashed64def+r.nhasheddef
				winner, at := l.toLocal(s)
				if !hashed && !osym.Dupok() && winner.DataSize(at) != 0 {
					*taken = objSym{places[winner.objidx], at}
				} else if osym.Siz() > other.Siz() {
					*taken = objSym{uint32(goObjStart + place), uint32(i)}
				}
			}
			r.syms[i] = numbers[s]
		}
	}
	for i, r := range objects {
		number(i, 0, r.ndef)
	}
	l.npkgsyms = len(fresh)
	for i, r := range objects {
		number(i, r.ndef, r.NAlldef())
	}
	l.gustTake(objects, fresh)
	for pkg, i := range l.objByPkg {
		l.objByPkg[pkg] = places[i]
	}
	l.gustTranslate(st, numbers)
}

// gustTake puts objects and symbols in their new places.
func (l *Loader) gustTake(objects []*oReader, fresh []objSym) {
	l.objSyms = fresh
	for i, r := range objects {
		r.objidx = uint32(goObjStart + i)
		l.objs[goObjStart+i] = r
	}
}

// gustTranslate changes the numbers in all that LoadSyms has kept by them so far.
func (l *Loader) gustTranslate(st *loadState, numbers []Sym) {
	var all sync.WaitGroup
	for _, names := range l.symsByName {
		all.Add(1)
		go func() {
			defer all.Done()
			for name, s := range names {
				names[name] = numbers[s]
			}
		}()
	}
	l.attrLocal = gustMoved(l.attrLocal, numbers)
	l.attrUsedInIface = gustMoved(l.attrUsedInIface, numbers)
	align := make([]uint8, len(l.objSyms))
	for s, bits := range l.align {
		if bits != 0 {
			align[numbers[s]] = bits
		}
	}
	l.align = align
	for i, s := range l.builtinSyms {
		l.builtinSyms[i] = numbers[s]
	}
	for i := range l.sizeFixups {
		l.sizeFixups[i].sym = numbers[l.sizeFixups[i].sym]
	}
	for i := range st.linknameVarRefs {
		st.linknameVarRefs[i].sym = numbers[st.linknameVarRefs[i].sym]
	}
	all.Wait()
}

// gustMoved returns the bits for the new numbers.
func gustMoved(old Bitmap, numbers []Sym) Bitmap {
	moved := MakeBitmap(old.Len())
	for i, word := range old {
		for ; word != 0; word &= word - 1 {
			moved.Set(numbers[i*32+bits.TrailingZeros32(word)])
		}
	}
	return moved
}
