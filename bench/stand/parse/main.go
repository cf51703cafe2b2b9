// Command parse ROUNDS FILE… does what a change of a Go file can be told by with Go's own parser: a syntax
// tree, and a digest of each declaration. It prints a line of JSON for each file.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"time"
)

func main() {
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range os.Args[2:] {
		source, err := os.ReadFile(path)
		if err != nil {
			log.Fatal(err)
		}
		times := make([]float64, rounds)
		for i := range times {
			began := time.Now()
			digests(source)
			times[i] = float64(time.Since(began)) / float64(time.Millisecond)
		}
		slices.Sort(times)
		answer := map[string]float64{"full": times[rounds/2], "bytes": float64(bytesOfTree(30, source))}
		if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
			log.Fatal(err)
		}
	}
}

func parse(source []byte) *ast.File {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		log.Fatal(err)
	}
	return file
}

// digests are of the declarations, without positions and comments.
func digests(source []byte) [][sha256.Size]byte {
	var all [][sha256.Size]byte
	for _, declaration := range parse(source).Decls {
		hash := sha256.New()
		ast.Inspect(declaration, func(node ast.Node) bool {
			write(hash, node)
			return true
		})
		all = append(all, [sha256.Size]byte(hash.Sum(nil)))
	}
	return all
}

// write adds what a node is, and what of it no other node tells.
func write(w io.Writer, node ast.Node) {
	if node == nil {
		io.WriteString(w, ")")
		return
	}
	io.WriteString(w, reflect.TypeOf(node).Elem().Name())
	switch node := node.(type) {
	case *ast.Ident:
		io.WriteString(w, node.Name)
	case *ast.BasicLit:
		io.WriteString(w, node.Value)
	case *ast.BinaryExpr:
		io.WriteString(w, node.Op.String())
	case *ast.UnaryExpr:
		io.WriteString(w, node.Op.String())
	case *ast.AssignStmt:
		io.WriteString(w, node.Tok.String())
	case *ast.IncDecStmt:
		io.WriteString(w, node.Tok.String())
	case *ast.BranchStmt:
		io.WriteString(w, node.Tok.String())
	case *ast.RangeStmt:
		io.WriteString(w, node.Tok.String())
	case *ast.GenDecl:
		io.WriteString(w, node.Tok.String())
	}
}

// bytesOfTree is what a tree takes, of n that are alive at once.
func bytesOfTree(n int, source []byte) uint64 {
	trees := make([]*ast.File, n)
	before := heap()
	for i := range trees {
		trees[i] = parse(source)
	}
	after := heap()
	runtime.KeepAlive(trees)
	return (after - before) / uint64(n)
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
