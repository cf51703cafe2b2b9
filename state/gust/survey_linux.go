package gust

import (
	"errors"
	"reflect"
	"sort"
)

// survey looks at a value before gob does, for what gob does not say: it follows a cycle until the
// stack is full, which ends the program; it makes two values of one that two pointers share; and it
// makes nil of a pointer to zero.
type survey struct {
	// seen are the places so far: true for those that contain the one that is looked at.
	seen map[place]bool
	// steps lead to the value that is looked at: names of fields, and "[]" for elements. They become
	// a path only where there is something to tell, as most values are among very many.
	steps []string
	lossy map[string]bool
	// dynamic are the types found in interfaces, which the type of the variable does not tell.
	dynamic map[reflect.Type]bool
	// plain remembers which types contain nothing of interest.
	plain map[reflect.Type]bool
}

// place is something that several others can refer to.
type place struct {
	t   reflect.Type
	at  uintptr
	len int
}

var (
	errCycle = errors.New("the value contains itself, which gob cannot encode")
	errDeep  = errors.New("the value is nested too deeply")
)

// deepest keeps gob far from the limit of the stack.
const deepest = 10_000

func newSurvey() *survey {
	return &survey{
		seen:    map[place]bool{},
		lossy:   map[string]bool{},
		dynamic: map[reflect.Type]bool{},
		plain:   map[reflect.Type]bool{},
	}
}

// dynamicTypes describes the types found in interfaces. The name belongs to it, because a type
// switch of the program goes by it.
func (s *survey) dynamicTypes() []string {
	var all []string
	for t := range s.dynamic {
		all = append(all, t.String()+" "+describe(t))
	}
	sort.Strings(all)
	return all
}

// visit looks at a value that is reached by one more step.
func (s *survey) visit(v reflect.Value, step string) error {
	t := v.Type()
	if s.isPlain(t) {
		return nil
	}
	if len(s.steps) > deepest {
		return errDeep
	}
	s.steps = append(s.steps, step)
	defer func() { s.steps = s.steps[:len(s.steps)-1] }()
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return s.visitShared(v)
	case reflect.Interface:
		return s.visitInterface(v)
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			field := t.Field(i)
			if !travels(field) {
				continue
			}
			if err := s.visit(v.Field(i), field.Name); err != nil {
				return err
			}
		}
	case reflect.Array:
		return s.visitElements(v)
	}
	return nil
}

// visitShared looks at what others can refer to as well.
func (s *survey) visitShared(v reflect.Value) error {
	if v.IsNil() {
		return nil
	}
	at := place{t: v.Type(), at: v.Pointer()}
	if v.Kind() == reflect.Slice {
		at.len = v.Len()
	}
	around, seen := s.seen[at]
	if around {
		return errCycle
	}
	// Slices share their memory in many ways that do no harm; nothing is said of them. Nor is it of
	// pointers to nothing, which are all the same.
	if seen && v.Kind() != reflect.Slice && !(v.Kind() == reflect.Pointer && v.Type().Elem().Size() == 0) {
		s.lose("shared")
		return nil
	}
	s.seen[at] = true
	defer func() { s.seen[at] = false }()
	switch v.Kind() {
	case reflect.Pointer:
		if isOmitted(v.Elem()) {
			s.lose("pointer to a zero value")
		}
		return s.visit(v.Elem(), "")
	case reflect.Map:
		return s.visitMap(v)
	}
	return s.visitElements(v)
}

func (s *survey) visitMap(v reflect.Value) error {
	if s.isPlain(v.Type().Key()) && s.isPlain(v.Type().Elem()) {
		return nil
	}
	for each := v.MapRange(); each.Next(); {
		if err := s.visit(each.Key(), "[]"); err != nil {
			return err
		}
		if err := s.visit(each.Value(), "[]"); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) visitElements(v reflect.Value) error {
	if s.isPlain(v.Type().Elem()) {
		return nil
	}
	for i := 0; i < v.Len(); i++ {
		if err := s.visit(v.Index(i), "[]"); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) visitInterface(v reflect.Value) error {
	if v.IsNil() {
		return nil
	}
	t := v.Elem().Type()
	if !s.dynamic[t] {
		s.dynamic[t] = true
		for _, field := range lossyFields(t, s.path()) {
			s.lossy[field] = true
		}
	}
	return s.visit(v.Elem(), "")
}

func (s *survey) path() string {
	path := ""
	for _, step := range s.steps {
		switch step {
		case "":
		case "[]":
			path += step
		default:
			path = join(path, step)
		}
	}
	return path
}

func (s *survey) lose(reason string) {
	path := s.path()
	if path == "" {
		path = "value"
	}
	s.lossy[path+" ("+reason+")"] = true
}

// isOmitted says whether gob leaves out a field that points to this value, as it does with zeros.
func isOmitted(v reflect.Value) bool {
	switch {
	case encodesItself(v.Type()):
		return v.IsZero()
	case v.Kind() == reflect.Struct, v.Kind() == reflect.Array:
		return false
	case v.Kind() == reflect.Slice, v.Kind() == reflect.String:
		return v.Len() == 0
	}
	return v.IsZero()
}

// isPlain says that values of a type refer to nothing: numbers, text, and what is made of them.
func (s *survey) isPlain(t reflect.Type) bool {
	if plain, ok := s.plain[t]; ok {
		return plain
	}
	// For a type that contains itself.
	s.plain[t] = false
	plain := true
	switch {
	case encodesItself(t):
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Map, t.Kind() == reflect.Interface:
		plain = false
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Array:
		plain = s.isPlain(t.Elem())
	case t.Kind() == reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if travels(t.Field(i)) && !s.isPlain(t.Field(i).Type) {
				plain = false
			}
		}
	}
	s.plain[t] = plain
	return plain
}
