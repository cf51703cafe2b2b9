package gust

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"sync"
)

// variable is a value of the program that is kept.
type variable struct {
	name  string
	value reflect.Value
	locks []sync.Locker
	// form describes the type, for the comparison with that of another version.
	form string
	// lossy are the fields that never travel.
	lossy []string

	// busy is held while the value is read or written. It comes before the locks of the program.
	busy sync.Mutex
	// told are the losses of which gust was told.
	told map[string]bool
}

// entry is a value on its way.
type entry struct {
	Name string
	Form string
	// Dynamic describes the types that were found in interfaces, sorted.
	Dynamic []string
	Data    []byte
}

// errChanged: a value of this name has come, of another type.
var errChanged = errors.New("the type has changed")

func newVariable(name string, value reflect.Value, locks []sync.Locker) *variable {
	v := &variable{
		name:  name,
		value: value,
		locks: append([]sync.Locker(nil), locks...),
		form:  describe(value.Type()),
		lossy: lossyFields(value.Type(), ""),
		told:  map[string]bool{},
	}
	for _, field := range v.lossy {
		v.told[field] = true
	}
	return v
}

// try finds out whether values of this type can travel at all, with one that is empty.
func (v *variable) try() (err error) {
	defer recoverTo(&err)
	box := newBox(v.value.Type())
	if !travels(box.Type().Field(0)) {
		return errors.New("gob cannot encode functions and channels")
	}
	data, err := encodeBox(box)
	if err != nil {
		return err
	}
	return decodeBox(data, box)
}

// get reads the value. lossy are parts that do not travel, of which gust was not told yet.
func (v *variable) get() (e entry, lossy []string, err error) {
	v.busy.Lock()
	defer v.busy.Unlock()
	// Methods of the program are called here. When one panics, the value stays behind and the
	// program lives.
	defer recoverTo(&err)
	defer v.lock()()

	s := newSurvey()
	if err := s.visit(v.value, ""); err != nil {
		return entry{}, nil, err
	}
	box := newBox(v.value.Type())
	box.Field(0).Set(v.value)
	data, err := encodeBox(box)
	if err != nil {
		return entry{}, nil, err
	}
	for field := range s.lossy {
		if !v.told[field] {
			v.told[field] = true
			lossy = append(lossy, field)
		}
	}
	sort.Strings(lossy)
	return entry{Name: v.name, Form: v.form, Dynamic: s.dynamicTypes(), Data: data}, lossy, nil
}

// set writes the value, if it is of the same type as before. It is called while busy is held.
func (v *variable) set(e entry) (err error) {
	defer recoverTo(&err)
	if e.Form != v.form {
		return errChanged
	}
	// gob leaves zeros out, and so would mix the value with what is in the variable.
	box := newBox(v.value.Type())
	if err := decodeBox(e.Data, box); err != nil {
		return err
	}
	s := newSurvey()
	if err := s.visit(box.Field(0), ""); err != nil {
		return err
	}
	if !reflect.DeepEqual(s.dynamicTypes(), e.Dynamic) {
		return errChanged
	}
	defer v.lock()()
	assign(v.value, box.Field(0))
	return nil
}

// lock locks the locks in order, and returns what unlocks them.
func (v *variable) lock() (unlock func()) {
	for _, lock := range v.locks {
		lock.Lock()
	}
	return func() {
		for i := len(v.locks) - 1; i >= 0; i-- {
			v.locks[i].Unlock()
		}
	}
}

func recoverTo(err *error) {
	if reason := recover(); reason != nil {
		*err = fmt.Errorf("panic: %v", reason)
	}
}

// newBox returns a struct whose only field is of this type. As a field, gob takes a nil pointer and
// an empty interface, too.
func newBox(t reflect.Type) reflect.Value {
	field := reflect.StructField{Name: "Value", Type: t}
	return reflect.New(reflect.StructOf([]reflect.StructField{field})).Elem()
}

func encodeBox(box reflect.Value) ([]byte, error) {
	var data bytes.Buffer
	err := gob.NewEncoder(&data).EncodeValue(box)
	return data.Bytes(), err
}

func decodeBox(data []byte, box reflect.Value) error {
	return gob.NewDecoder(bytes.NewReader(data)).DecodeValue(box.Addr())
}

// assign writes what has travelled, and leaves alone what does not: a struct may contain the lock
// that is held just now.
func assign(to, from reflect.Value) {
	t := to.Type()
	switch {
	case encodesItself(t):
		to.Set(from)
	case t.Kind() == reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if travels(t.Field(i)) {
				assign(to.Field(i), from.Field(i))
			}
		}
	case t.Kind() == reflect.Array && isComposite(t.Elem()):
		for i := 0; i < t.Len(); i++ {
			assign(to.Index(i), from.Index(i))
		}
	// gob does not tell nil from empty. A map that the program has made must stay writable.
	case t.Kind() == reflect.Map && from.IsNil() && !to.IsNil():
		to.Set(reflect.MakeMap(t))
	case t.Kind() == reflect.Slice && from.IsNil() && !to.IsNil():
		to.Set(reflect.MakeSlice(t, 0, 0))
	default:
		to.Set(from)
	}
}
