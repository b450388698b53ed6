package apply_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// smallBlock is smaller than the disk of a set, and no divisor of its size.
const smallBlock = 512

// sumsOf are the block sums of the files of a set.
func sumsOf(k state.Key) blocks.Sums {
	disk := content(k)["disk-flat.vmdk"]
	h := blocks.NewHash(smallBlock)
	io.WriteString(h, disk)
	f := h.File()
	f.Path = "disk-flat.vmdk"
	return blocks.Sums{Key: k, Block: smallBlock, Files: []blocks.File{f}}
}

// blockSums puts a complete set with block sums at its final name.
func (w *world) blockSums(place string, k state.Key) {
	w.summed(place, k)
	p := path.Join(k.String(), state.ManifestName)
	r, err := w.stores[place].Open(context.Background(), p, 0)
	if err != nil {
		panic(err)
	}
	defer r.Close()
	text, _ := io.ReadAll(r)
	m, err := state.ParseManifest(text)
	if err != nil {
		panic(err)
	}
	sums := sumsOf(k).Encode()
	m.Blocks = blocks.RefOf(sums)
	w.plant(place, p, string(m.Encode()))
	w.plant(place, path.Join(k.String(), state.BlocksName), string(sums))
}

// checkBlocks proves of a complete set that its block sums are those that its manifest
// names, and that they are of its files.
func checkBlocks(ctx context.Context, store providers.Store, s state.Set) error {
	if s.State != state.Complete || s.Manifest == nil || s.Manifest.Blocks == nil {
		return nil
	}
	open := func(name string) ([]byte, error) {
		r, err := store.Open(ctx, path.Join(s.Path, name), 0)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	text, err := open(state.BlocksName)
	if err != nil {
		return err
	}
	if got := *blocks.RefOf(text); got != *s.Manifest.Blocks {
		return fmt.Errorf("its block sums are %+v, its manifest names %+v", got, *s.Manifest.Blocks)
	}
	sums, err := blocks.Parse(text)
	if err != nil {
		return err
	}
	for _, f := range sums.Files {
		data, err := open(f.Path)
		if err != nil {
			return err
		}
		for i, sum := range f.Sums {
			if part := data[i*int(f.Block) : min(len(data), (i+1)*int(f.Block))]; sha256.Sum256(part) != sum {
				return fmt.Errorf("block %d of %s has another sum", i, f.Path)
			}
		}
	}
	return nil
}

// TestRun_writesBlockSums of the files that are larger than a block, in every mode.
func TestRun_writesBlockSums(t *testing.T) {
	k := key("Burns", 21)
	for name, publish := range map[string]config.Publish{"by rename": config.ByRename, "in place": config.InPlace} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 2)
			w.block = smallBlock
			w.owned("nas")
			w.local(k)
			w.spec.Destinations[0].Publish = publish
			r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
			must(t, r, err)
			s := w.only(t, k)
			if err := checkBlocks(t.Context(), w.stores["nas"], s); err != nil || s.State != state.Complete || s.Manifest.Blocks == nil {
				t.Errorf("the set is %s (%s): %v", s.State, s.Problem, err)
			}
			if got := slurp(t, w.stores["nas"], k.String()+"/"+state.BlocksName); got != string(sumsOf(k).Encode()) {
				t.Errorf("block sums\n%s", got)
			}
			if again := w.plan(t); !again.Empty() {
				t.Errorf("the next plan has %d changes", len(again.Changes))
			}
		})
	}
}

// only is the one set of the VM, with its manifest.
func (w *world) only(t *testing.T, k state.Key) state.Set {
	t.Helper()
	inv := read.Destination(t.Context(), w.stores["nas"], w.spec.Destinations[0])
	sets := read.Manifests(t.Context(), w.stores["nas"], inv.Of(k.VM))
	if inv.Err != nil || len(sets) != 1 {
		t.Fatalf("%d sets, %v", len(sets), inv.Err)
	}
	return sets[0]
}

// TestRun_smallFilesHaveNoBlockSums: nothing more is written for them.
func TestRun_smallFilesHaveNoBlockSums(t *testing.T) {
	w := newWorld(t, 2)
	w.owned("nas")
	w.local(key("Burns", 21))
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)
	if s := w.only(t, key("Burns", 21)); s.BlocksFile != nil || s.Manifest.Blocks != nil {
		t.Errorf("block sums: %+v, in the manifest: %+v", s.BlocksFile, s.Manifest.Blocks)
	}
}

// TestRun_lyingServerAboutBlockSums: what it acknowledged and does not hold keeps the set
// from its final name, as with any file.
func TestRun_lyingServerAboutBlockSums(t *testing.T) {
	k := key("Burns", 21)
	for name, when := range map[string]faults.When{"half of them": faults.Middle, "none": faults.Before} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, "upload with block sums")
			script := faults.New(faults.Lie(faults.On(dir.StagedSet(k)+"/"+state.BlocksName, faults.Put), 0, when))
			r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, script: script})
			if !errors.Is(err, apply.ErrPartial) {
				t.Fatalf("got %v, want ErrPartial", err)
			}
			wantFailure(t, r, state.Address("nas", k), state.Address("nas", k)+": "+string(diff.OpPublish))
			if w.has(t, "nas", k.String()) {
				t.Error("the set was published")
			}
			if err := script.AllHit(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRead_blockSumsThatNoManifestNames are a stranger's file; those that are lost, or
// exchanged, take nothing from the set.
func TestRead_blockSumsThatNoManifestNames(t *testing.T) {
	k := key("Burns", 20)
	p := k.String() + "/" + state.BlocksName
	for name, c := range map[string]struct {
		change func(w *world)
		want   state.State
	}{
		"named":              {func(*world) {}, state.Complete},
		"lost":               {func(w *world) { w.drop(p) }, state.Complete},
		"of another size":    {func(w *world) { w.plant("nas", p, "x") }, state.Complete},
		"not named":          {func(w *world) { w.summed("nas", k) }, state.Damaged},
		"in an adopted set":  {func(w *world) { w.complete("nas", k.String(), k) }, state.Complete},
		"without a manifest": {func(w *world) { w.drop(k.String() + "/" + state.ManifestName) }, state.Unmarked},
	} {
		w := newWorld(t, 2)
		w.blockSums("nas", k)
		c.change(w)
		s := w.only(t, k)
		named := slices.ContainsFunc(s.Files, func(f state.File) bool { return strings.HasPrefix(f.Path, "vmxsync") })
		if s.State != c.want || named {
			t.Errorf("%s: the set is %s (%s), with files %v; want %s", name, s.State, s.Problem, s.Files, c.want)
		}
	}
}
