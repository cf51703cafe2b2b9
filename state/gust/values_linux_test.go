package gust

import (
	"encoding/gob"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

type session struct {
	User    profile
	Seen    time.Time
	Cart    []item
	Friends map[string]*profile
}

type profile struct {
	Name string
	Age  *int
}

type item struct {
	Title string
	Price float64
}

type shape interface{ area() float64 }

type square struct{ Side float64 }

type circle struct{ Radius float64 }

func (s square) area() float64  { return s.Side * s.Side }
func (c *circle) area() float64 { return c.Radius }

type stranger struct{ N int }

type bomb struct{ N int }

func (b bomb) GobEncode() ([]byte, error) { panic("boom") }
func (b *bomb) GobDecode([]byte) error    { return nil }

type oneWay struct{ N int }

func (o oneWay) GobEncode() ([]byte, error) { return []byte{1}, nil }

func init() {
	gob.Register(square{})
	gob.Register(&circle{})
}

// variableOf keeps what a pointer points to.
func variableOf(to any, locks ...sync.Locker) *variable {
	return newVariable("v", reflect.ValueOf(to).Elem(), locks)
}

// travel takes a value from one variable to the other.
func travel(t *testing.T, from, to any) {
	t.Helper()
	e, _, err := variableOf(from).get()
	if err != nil {
		t.Fatal(err)
	}
	if err := variableOf(to).set(e); err != nil {
		t.Fatal(err)
	}
}

func TestValuesTravel(t *testing.T) {
	age := 41
	now := time.Now().Round(0)
	check := func(from, to any) {
		t.Helper()
		travel(t, from, to)
		if !reflect.DeepEqual(from, to) {
			t.Errorf("got %+v, want %+v", reflect.ValueOf(to).Elem(), reflect.ValueOf(from).Elem())
		}
	}
	check(point(7), point(0))
	check(point(0), point(7))
	check(point("a"), point(""))
	check(point([]string{"a"}), point([]string{"b", "c"}))
	check(point([3]int{1, 0, 2}), point([3]int{4, 4, 4}))
	check(point((*int)(nil)), point(&age))
	check(point(&age), point((*int)(nil)))
	check(point(now), point(time.Time{}))
	check(point(map[string]session{
		"a": {User: profile{"Ada", &age}, Seen: now, Cart: []item{{"book", 12.5}}, Friends: map[string]*profile{"b": {Name: "Bob"}}},
		"b": {},
	}), point(map[string]session{"c": {}}))
	check(point(tree{"root", []*tree{{Label: "leaf"}, {Label: "other"}}}), point(tree{}))
	check(point([]shape{square{2}, &circle{3}}), point[[]shape](nil))
	check(point[shape](square{2}), point[shape](nil))
	check(point[any](nil), point[any](5))
	check(point(map[string]any{"n": 1, "s": "x"}), point(map[string]any{}))
	check(point(map[string]int{}), point(map[string]int{"a": 1}))
}

func point[T any](value T) *T { return &value }

func TestNothingButTheValueIsWritten(t *testing.T) {
	type store struct {
		mu    sync.Mutex
		cache int
		Close func()
		Inner struct {
			N      int
			hidden int
		}
		Pages map[string]int
		List  []int
	}
	from := store{}
	from.Inner.N = 5
	to := store{cache: 1, Close: func() {}, Pages: map[string]int{"old": 1}, List: []int{1}}
	to.Inner.hidden = 2
	e, _, err := variableOf(&from, &from.mu).get()
	if err != nil {
		t.Fatal(err)
	}
	// The lock is in the value, and held while that is written.
	if err := variableOf(&to, &to.mu).set(e); err != nil {
		t.Fatal(err)
	}
	if to.cache != 1 || to.Close == nil || to.Inner.hidden != 2 || to.Inner.N != 5 {
		t.Errorf("got %+v", &to)
	}
	// gob sent nothing for them; the program may write to the map.
	if to.Pages == nil || len(to.Pages) != 0 || to.List == nil || len(to.List) != 0 {
		t.Errorf("got %v %v", to.Pages, to.List)
	}
	if !to.mu.TryLock() {
		t.Error("the lock is still held")
	}
}

func TestWhatCannotTravelIsToldAndHarmless(t *testing.T) {
	check := func(from any, want string) {
		t.Helper()
		v := variableOf(from)
		_, _, err := v.get()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%T: got %v, want %q", from, err, want)
		}
	}
	loop := &tree{Label: "loop"}
	loop.Children = []*tree{{Children: []*tree{loop}}}
	check(&loop, "contains itself")
	check(loop, "contains itself")
	self := map[string]any{}
	self["self"] = self
	check(&self, "contains itself")
	list := []any{nil, nil}
	list[1] = list[1:]
	check(&list, "contains itself")
	deep := &tree{}
	for i := 0; i < 100_000; i++ {
		deep = &tree{Children: []*tree{deep}}
	}
	check(&deep, "nested too deeply")
	check(point[any](stranger{1}), "type not registered for interface: gust.stranger")
	check(point(bomb{1}), "panic: boom")
	check(point([]*int{nil}), "nil element")
}

func TestTypesThatNeverTravelAreKnownAtOnce(t *testing.T) {
	check := func(from any, want string) {
		t.Helper()
		err := variableOf(from).try()
		if want == "" && err == nil {
			return
		}
		if err == nil || want == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%T: got %v, want %q", from, err, want)
		}
	}
	check(point(func() {}), "functions and channels")
	check(point(make(chan int)), "functions and channels")
	check(point(struct{ a int }{}), "no exported fields")
	check(&struct {
		sync.Mutex
		N int
	}{}, "type sync.Mutex has no exported fields")
	check(point(map[string][]func(){}), "func()")
	check(point(oneWay{}), "oneWay")
	check(point(bomb{}), "")
	check(point(map[string]session{}), "")
	check(point[any](nil), "")
	check(point(tree{}), "")
}

func TestPartialLossesAreTold(t *testing.T) {
	check := func(from any, want ...string) {
		t.Helper()
		v := variableOf(from)
		_, lossy, err := v.get()
		if err != nil || !reflect.DeepEqual(lossy, want) {
			t.Errorf("%T: got %q %v, want %q", from, lossy, err, want)
		}
		if _, again, _ := v.get(); again != nil {
			t.Errorf("%T: told twice: %q", from, again)
		}
	}
	zero, one := 0, 1
	check(&profile{"a", &one})
	check(&profile{"a", &zero}, "Age (pointer to a zero value)")
	check(point(&zero), "value (pointer to a zero value)")
	ada := &profile{Name: "Ada"}
	check(&struct{ ByName, ByMail map[string]*profile }{
		map[string]*profile{"ada": ada}, map[string]*profile{"ada@example.org": ada, "b": {}},
	}, "ByMail[] (shared)")
	check(point[any](square{}))
}

func TestValuesOfAnotherTypeAreNotTaken(t *testing.T) {
	check := func(from, to any) {
		t.Helper()
		e, _, err := variableOf(from).get()
		if err != nil {
			t.Fatal(err)
		}
		before := fmt.Sprint(reflect.ValueOf(to).Elem())
		if err := variableOf(to).set(e); !errors.Is(err, errChanged) {
			t.Errorf("%T to %T: %v", from, to, err)
		}
		if after := fmt.Sprint(reflect.ValueOf(to).Elem()); after != before {
			t.Errorf("%T to %T: %s became %s", from, to, before, after)
		}
	}
	check(point(1), point("a"))
	check(point(map[string]session{}), point(map[string]profile{}))
	// gob would take these: it goes by names of fields, and drops what it does not find.
	check(&struct{ A, B int }{1, 2}, &struct{ A int }{3})
	check(point(int32(1)), point(int64(2)))
	// gob makes a pointer of it, because one was registered.
	check(point[any](circle{3}), point[any](5))
}

func TestDamagedStateIsAnError(t *testing.T) {
	v := variableOf(point(7))
	e, _, err := v.get()
	if err != nil {
		t.Fatal(err)
	}
	e.Data = e.Data[:len(e.Data)/2]
	if err := v.set(e); err == nil {
		t.Error("it was taken")
	}
}

func TestLocksAreTakenInOrder(t *testing.T) {
	var log []string
	first, second := recorder{"first", &log}, recorder{"second", &log}
	v := variableOf(point(1), first, second)
	e, _, err := v.get()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.set(e); err != nil {
		t.Fatal(err)
	}
	once := []string{"lock first", "lock second", "unlock second", "unlock first"}
	if want := append(once, once...); !reflect.DeepEqual(log, want) {
		t.Errorf("got %q", log)
	}
}

type recorder struct {
	name string
	log  *[]string
}

func (r recorder) Lock()   { *r.log = append(*r.log, "lock "+r.name) }
func (r recorder) Unlock() { *r.log = append(*r.log, "unlock "+r.name) }
