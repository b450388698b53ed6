package known_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/vmxsync/vmxsync/state/known"
)

func numbered(n int) known.Key {
	return known.Key{VM: fmt.Sprintf("vm%02d", n%7), Time: fmt.Sprintf("2026-11-%02d-010000", 1+n/7)}
}

// What is done to many sets at once is what is done to one after the other.
func TestRecord_manyAtOnce(t *testing.T) {
	one, all := &known.Record{}, &known.Record{}
	var sets []known.Set
	var keys []known.Key
	var vms []string
	for i := range 100 {
		s := known.Set{Key: numbered((i * 37) % 100), Files: i, SHA256: "aa"}
		sets = append(sets, s, known.Set{Key: s.Key, Files: i + 1, SHA256: "bb"})
		for _, r := range []*known.Record{one, all} {
			r.Accept(known.Acceptance{Key: s.Key, SHA256: "aa"})
			r.MadeRoom(s.VM, seen)
		}
		if i%3 == 0 {
			keys, vms = append(keys, s.Key), append(vms, s.VM)
		}
	}
	for _, s := range sets {
		one.Put(s)
	}
	all.Put(sets...)
	if !reflect.DeepEqual(one, all) || len(all.Sets) != 100 {
		t.Fatalf("put: %d sets and %d, which differ", len(one.Sets), len(all.Sets))
	}
	for _, k := range keys {
		one.Drop(k)
	}
	for _, vm := range vms {
		one.TookRoom(vm)
	}
	all.Drop(keys...)
	all.TookRoom(vms...)
	if !reflect.DeepEqual(one, all) || len(all.Sets) != 66 || len(all.Accepted) != 66 {
		t.Errorf("dropped: %d sets and %d, which differ", len(one.Sets), len(all.Sets))
	}
}
