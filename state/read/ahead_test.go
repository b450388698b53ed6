package read_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// farSighted is a place that lists every folder ahead but each third one.
type farSighted struct {
	providers.Store
	ahead, alone *atomic.Int32 // folders
}

func (f farSighted) List(ctx context.Context, dir string) ([]providers.File, error) {
	f.alone.Add(1)
	return f.Store.List(ctx, dir)
}

func (f farSighted) ListAhead(ctx context.Context, dirs []string) [][]providers.File {
	all := make([][]providers.File, len(dirs))
	for i, dir := range dirs {
		if f.ahead.Add(1)%3 != 0 {
			all[i], _ = f.Store.List(ctx, dir)
		}
	}
	return all
}

// The sets of a large destination are listed ahead, and none is seen in another way for it.
func TestDestination_listsSetsAhead(t *testing.T) {
	layout, err := state.ParseLayout(state.DefaultLayout)
	if err != nil {
		t.Fatal(err)
	}
	d := config.Destination{Name: "nas", Layout: layout, WorkDir: ".vmxsync"}
	for _, sessions := range []int{1, 3, 8} {
		for _, n := range []int{5, 31, 32, 45, 200} {
			now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
			store := mem.New(func() time.Time { return now }, mem.Sessions(sessions))
			for i := range n {
				k := state.Key{VM: "Bart", Stamp: state.NewStamp(now.AddDate(0, 0, -i))}
				store.Plant(providers.File{Path: fmt.Sprintf("%s/disk%d", k, i), ModTime: now}, []byte("x"))
				store.Plant(providers.File{Path: k.String() + "/sub/more", ModTime: now}, []byte("y"))
			}
			ahead, alone := new(atomic.Int32), new(atomic.Int32)
			want := read.Destination(t.Context(), store, d)
			got := read.Destination(t.Context(), farSighted{store, ahead, alone}, d)
			same := slices.EqualFunc(want.Sets, got.Sets, func(a, b state.Set) bool {
				return a.Key == b.Key && a.State == b.State && state.SameContent(a.Files, b.Files)
			})
			if !same || len(got.Sets) != n {
				t.Errorf("%d sets, %d sessions: got %d sets, same: %v", n, sessions, len(got.Sets), same)
			}
			if many := n >= 32; many != (ahead.Load() == int32(n)) {
				t.Errorf("%d sets, %d sessions: %d were listed ahead", n, sessions, ahead.Load())
			}
		}
	}
}
