package gust

import (
	"reflect"
	"sync"
	"testing"
	"time"
)

type tree struct {
	Label    string
	Children []*tree
}

// branch has the shape of tree under another name.
type branch struct {
	Label    string
	Children []*branch
}

type celsius float64

type stamped struct {
	time.Time
	Note string
}

type ownStamp struct {
	time.Time
	note string
}

func (s ownStamp) GobEncode() ([]byte, error) { return s.Time.GobEncode() }

func typeOf[T any]() reflect.Type { return reflect.TypeOf((*T)(nil)).Elem() }

func TestTypesOfTheSameShapeAgree(t *testing.T) {
	check := func(a, b reflect.Type, want bool) {
		t.Helper()
		if got := describe(a) == describe(b); got != want {
			t.Errorf("%v and %v: got %v\n%s\n%s", a, b, got, describe(a), describe(b))
		}
	}
	check(typeOf[int](), typeOf[int](), true)
	check(typeOf[int](), typeOf[int64](), false)
	check(typeOf[celsius](), typeOf[float64](), true)
	check(typeOf[tree](), typeOf[branch](), true)
	check(typeOf[tree](), typeOf[struct {
		Label    string
		Children []tree
	}](), false)
	check(typeOf[struct{ A, B int }](), typeOf[struct{ B, A int }](), false)
	check(typeOf[struct{ A int }](), typeOf[struct {
		A    int
		lock sync.Mutex
		Done chan int
	}](), true)
	check(typeOf[map[string]int](), typeOf[map[string]uint](), false)
	check(typeOf[map[int]string](), typeOf[map[uint]string](), false)
	check(typeOf[[3]int](), typeOf[[4]int](), false)
	check(typeOf[[]byte](), typeOf[string](), false)
	check(typeOf[time.Time](), typeOf[stamped](), false)
	check(typeOf[any](), typeOf[error](), false)
	check(typeOf[*int](), typeOf[int](), false)
}

func TestFieldsThatDoNotTravelAreNamed(t *testing.T) {
	check := func(of reflect.Type, want ...string) {
		t.Helper()
		if got := lossyFields(of, ""); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %q, want %q", of, got, want)
		}
	}
	check(typeOf[int]())
	check(typeOf[time.Time]())
	check(typeOf[tree]())
	check(typeOf[struct {
		Name  string
		token string
	}](), "token")
	check(typeOf[map[string]*struct {
		User  struct{ Name, secret string }
		Close func()
		Done  *chan int
	}](), "[].Close", "[].Done", "[].User.secret")
	check(typeOf[struct {
		A    int
		mu   sync.Mutex
		lock *sync.RWMutex
		_    int
		none struct{}
	}]())
	check(typeOf[struct {
		sync.Mutex
		tree
		N int
	}](), "tree")
	// The method of the embedded field encodes the struct, without its other fields.
	check(typeOf[stamped](), "Note")
	check(typeOf[ownStamp]())
}
