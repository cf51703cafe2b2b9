// Package ld is a part of the Go linker (cmd/link/internal/ld), to which gust adds this file. See
// docs/building.md.
package ld

import (
	"bufio"
	"cmd/internal/goobj"
	"cmd/internal/objabi"
	"cmd/link/internal/sym"
	"io"
	"os"
	"slices"
	"strings"
)

// gustRoots is what the linker is asked to link; empty where it was not told to wait.
var gustRoots []*sym.Library

// gustLoadEarly loads packages before it is known what is to be linked, says so, and waits to be
// told the rest. It returns how many libraries are loaded. Without the variable GUST_LINKER it does
// nothing.
//
// It reads lines from stdin: `packagefile PATH=FILE` for each package that is there already, imported
// ones first, and `load`. It answers with a line on stdout, `waiting`, or `unfit` and a reason. Then
// come `packagefile PATH=FILE` for all other packages, `main FILE`, `buildid ID`, and `link`.
func gustLoadEarly(ctxt *Link) int {
	if os.Getenv("GUST_LINKER") != "waiting" {
		return 0
	}
	gustRoots = ctxt.Library
	ctxt.Library = nil
	clear(ctxt.LibraryByPkg)
	told := bufio.NewReader(os.Stdin)
	for _, pkg := range gustTold(ctxt, told, "load") {
		addlib(ctxt, "gust", "gust", pkg, goobj.FingerprintType{})
	}
	loaded := 0
	for ; loaded < len(ctxt.Library); loaded++ {
		loadobjfile(ctxt, ctxt.Library[loaded])
	}
	if ctxt.LinkMode == LinkExternal || externalobj || unknownObjFormat || len(preferlinkext) > 0 {
		gustUnfit("the program is linked by the C compiler")
	}
	exitIfErrors()
	if reason := ctxt.loader.GustLoadEarly(ctxt.Arch); reason != "" {
		gustUnfit(reason)
	}
	os.Stdout.WriteString("waiting\n")
	gustTold(ctxt, told, "link")
	gustNewBuildID(ctxt)
	for _, lib := range gustRoots {
		ctxt.LibraryByPkg[lib.Pkg] = lib
	}
	ctxt.Library = append(ctxt.Library, gustRoots...)
	return loaded
}

// gustLoadSyms does what ctxt.loader.LoadSyms does.
func gustLoadSyms(ctxt *Link) {
	if len(gustRoots) > 0 {
		if ctxt.LinkMode == LinkExternal {
			gustUnfit("the program is linked by the C compiler")
		}
		gustReorder(ctxt)
	}
	ctxt.loader.LoadSyms(ctxt.Arch)
}

// gustReorder brings everything into the order in which it would have been loaded without the wait,
// on which it depends where in the program something lies.
func gustReorder(ctxt *Link) {
	libs := slices.Clone(gustRoots)
	rank := make(map[*sym.Library]int)
	follow := func() {
		for i := len(rank); i < len(libs); i++ {
			if _, ok := rank[libs[i]]; ok {
				libs = slices.Delete(libs, i, i+1)
				i--
				continue
			}
			rank[libs[i]] = i
			for _, imported := range libs[i].Imports {
				if _, ok := rank[imported]; !ok && !slices.Contains(libs[i:], imported) {
					libs = append(libs, imported)
				}
			}
		}
	}
	follow()
	for _, one := range []struct {
		pkg  string
		used bool
	}{
		{"runtime/race", *flagRace},
		{"runtime/msan", *flagMsan},
		{"runtime/asan", *flagAsan},
		{"runtime", true},
	} {
		if lib := ctxt.LibraryByPkg[one.pkg]; one.used && lib != nil {
			libs = append(libs, lib)
		}
	}
	follow()
	if len(libs) != len(ctxt.Library) {
		// It has loaded what would not be a part of the program.
		gustUnfit("not every package is imported")
	}
	ctxt.Library = libs
	byPkg := make(map[string]int)
	for lib, i := range rank {
		byPkg[objabi.PathToPrefix(lib.Pkg)] = i
	}
	slices.SortStableFunc(hostobj, func(a, b Hostobj) int { return byPkg[a.pkg] - byPkg[b.pkg] })
	slices.SortStableFunc(ctxt.cgodata, func(a, b cgodata) int { return byPkg[a.pkg] - byPkg[b.pkg] })
	if reason := ctxt.loader.GustReorder(rank); reason != "" {
		gustUnfit(reason)
	}
}

// gustUnfit ends this linker: the usual one has to link.
func gustUnfit(reason string) {
	os.Stdout.WriteString("unfit " + reason + "\n")
	Exit(3)
}

// gustTold reads lines up to this word, and returns the paths of the packages that it is told of. At
// the end of the input nobody needs this linker any more.
func gustTold(ctxt *Link, lines *bufio.Reader, end string) (packages []string) {
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			Exit(0)
		}
		if err != nil {
			Exitf("%v", err)
		}
		verb, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch verb {
		case end:
			return packages
		case "packagefile":
			pkg, file, _ := strings.Cut(rest, "=")
			if ctxt.PackageFile == nil {
				ctxt.PackageFile = make(map[string]string)
			}
			ctxt.PackageFile[pkg] = file
			packages = append(packages, pkg)
		case "main":
			gustRoots[0].File = rest
		case "buildid":
			*flagBuildid = rest
		default:
			Exitf("gust: unknown line %q", line)
		}
	}
}

// gustNewBuildID has the note that is made from the build ID made again.
func gustNewBuildID(ctxt *Link) {
	if *flagHostBuildid == "gobuildid" {
		addbuildinfo(ctxt)
	}
}
