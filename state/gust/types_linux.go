package gust

import (
	"encoding"
	"encoding/gob"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

// describe writes a type down so that two versions of a program can compare it: where the texts
// agree, all that travels has the same shape in both. Names of fields count; names of types do so
// only for those that encode themselves. A field that does not travel does not count.
func describe(t reflect.Type) string {
	d := description{known: map[reflect.Type]int{}}
	d.add(t)
	return d.text.String()
}

type description struct {
	text strings.Builder
	// known are the named types so far, by number: a type may contain itself.
	known map[reflect.Type]int
}

func (d *description) add(t reflect.Type) {
	if encodesItself(t) {
		// The path tells packages of the same name apart.
		d.text.WriteString(t.PkgPath() + ":" + t.String())
		return
	}
	if t.Name() != "" {
		if number, ok := d.known[t]; ok {
			fmt.Fprintf(&d.text, "#%d", number)
			return
		}
		if isComposite(t) {
			d.known[t] = len(d.known)
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		d.text.WriteString("*")
		d.add(t.Elem())
	case reflect.Slice:
		d.text.WriteString("[]")
		d.add(t.Elem())
	case reflect.Array:
		fmt.Fprintf(&d.text, "[%d]", t.Len())
		d.add(t.Elem())
	case reflect.Map:
		d.text.WriteString("map[")
		d.add(t.Key())
		d.text.WriteString("]")
		d.add(t.Elem())
	case reflect.Struct:
		d.text.WriteString("struct{")
		for i := 0; i < t.NumField(); i++ {
			if field := t.Field(i); travels(field) {
				d.text.WriteString(field.Name + " ")
				d.add(field.Type)
				d.text.WriteString(";")
			}
		}
		d.text.WriteString("}")
	case reflect.Interface, reflect.Func, reflect.Chan:
		d.text.WriteString(t.String())
	default:
		d.text.WriteString(t.Kind().String())
	}
}

func isComposite(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map, reflect.Struct:
		return true
	}
	return false
}

// travels says whether gob sends a field at all. It leaves the others out without a word.
func travels(field reflect.StructField) bool {
	t := field.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return field.IsExported() && t.Kind() != reflect.Chan && t.Kind() != reflect.Func
}

var (
	gobEncoderType      = reflect.TypeOf((*gob.GobEncoder)(nil)).Elem()
	binaryMarshalerType = reflect.TypeOf((*encoding.BinaryMarshaler)(nil)).Elem()
)

// encodesItself says whether a type has methods that gob uses instead of looking into it.
func encodesItself(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return false
	}
	to := reflect.PointerTo(t)
	return to.Implements(gobEncoderType) || to.Implements(binaryMarshalerType)
}

// lossyFields returns the fields that gob leaves out, as paths: Sessions[].token.
func lossyFields(t reflect.Type, path string) []string {
	l := losses{seen: map[reflect.Type]bool{}}
	l.add(t, path)
	return l.fields
}

type losses struct {
	fields []string
	seen   map[reflect.Type]bool
}

func (l *losses) add(t reflect.Type, path string) {
	if l.seen[t] || isLock(t) {
		return
	}
	l.seen[t] = true
	switch {
	case encodesItself(t):
		if encodesAPart(t) {
			l.addFields(t, path, func(field reflect.StructField) bool {
				return field.Anonymous && encodesItself(field.Type)
			})
		}
	case t.Kind() == reflect.Struct:
		l.addFields(t, path, travels)
		for i := 0; i < t.NumField(); i++ {
			if field := t.Field(i); travels(field) {
				l.add(field.Type, join(path, field.Name))
			}
		}
	case t.Kind() == reflect.Map:
		l.add(t.Key(), path+"[]")
		l.add(t.Elem(), path+"[]")
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Array:
		l.add(t.Elem(), path+"[]")
	case t.Kind() == reflect.Pointer:
		l.add(t.Elem(), path)
	}
}

func (l *losses) addFields(t reflect.Type, path string, sent func(reflect.StructField) bool) {
	for i := 0; i < t.NumField(); i++ {
		if field := t.Field(i); !sent(field) && hasContent(field) {
			l.fields = append(l.fields, join(path, field.Name))
		}
	}
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// hasContent is false for fields of which nothing can be lost. A lock has to be free in the new
// version, whatever it was in the old one.
func hasContent(field reflect.StructField) bool {
	t := field.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return field.Name != "_" && t.Size() > 0 && !isLock(t)
}

func isLock(t reflect.Type) bool {
	return t == reflect.TypeOf(sync.Mutex{}) || t == reflect.TypeOf(sync.RWMutex{})
}

// encodesAPart says whether a struct got its method for encoding from an embedded field. Then gob
// sends that field, and nothing of the others.
func encodesAPart(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, receiver := range []reflect.Type{t, reflect.PointerTo(t)} {
		method, ok := receiver.MethodByName("GobEncode")
		if !ok {
			method, ok = receiver.MethodByName("MarshalBinary")
		}
		if ok {
			// The compiler makes such methods, and says so where the name of the file would be.
			pc := method.Func.Pointer()
			file, _ := runtime.FuncForPC(pc).FileLine(pc)
			return file == "<autogenerated>"
		}
	}
	return false
}
