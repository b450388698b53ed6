package apply_test

import (
	"context"
	"maps"
	"path"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

func (w *world) inPlace() bool { return w.spec.Destinations[0].Publish == config.InPlace }

// publishInPlace makes "nas" a server that cannot rename folders.
func (w *world) publishInPlace() *world {
	w.spec.Destinations[0].Publish = config.InPlace
	return w
}

// seeManifests proves that a manifest at a final name is that of a whole set,
// and that no folder was renamed.
func (o *watch) seeManifests(c faults.Call, seen sight) {
	store, inv := seen.world.stores["nas"], seen.inv["nas"]
	sets := slices.Clone(inv.Sets)
	for _, s := range inv.Staged {
		if s.AtFinal() {
			sets = append(sets, s.Set)
		}
	}
	for i := range sets {
		if sets[i].Marked {
			sets[i].State = state.Complete
		}
	}
	for _, s := range read.Manifests(o.t.Context(), store, sets) {
		if s.Marked && s.State != state.Complete {
			o.t.Errorf("after %s: %s has a manifest and is %s: %s", c, s.Path, s.State, s.Problem)
		}
	}
	if to, err := store.Stat(o.t.Context(), c.To); c.Op == faults.Rename && err == nil && to.Kind == providers.Dir {
		o.t.Errorf("%s renamed a folder", c)
	}
}

// claimInPlace writes the claim of an upload in place from these files.
func (w *world) claimInPlace(k state.Key, files map[string]string) {
	claim := state.Claim{Kind: state.UploadClaim, Key: k, Run: oldRun, InPlace: true}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		claim.Files = append(claim.Files, state.File{Path: name, Size: int64(len(files[name])), ModTime: yesterday()})
	}
	w.plant("nas", dir.Claim(k), string(claim.Encode()))
}

// begunDelete is a set whose delete was begun, with or without its manifest.
func (w *world) begunDelete(k state.Key, marked bool) {
	w.complete("nas", k.String(), k)
	w.plant("nas", dir.Claim(k), string(state.Claim{Kind: state.DeleteClaim, Key: k, Run: oldRun}.Encode()))
	if !marked {
		w.drop(path.Join(k.String(), state.ManifestName), path.Join(k.String(), "empty.log"))
	}
}

func (w *world) drop(paths ...string) {
	for _, p := range paths {
		if err := w.stores["nas"].Remove(context.Background(), p); err != nil {
			panic(err)
		}
	}
}

// rotated is a VM with a newest local set that is at the destination as well,
// and one before it.
func (w *world) rotated(vm string) {
	w.local(key(vm, 21))
	for _, day := range []int{20, 21} {
		w.complete("nas", key(vm, day).String(), key(vm, day))
	}
}

// inPlaceScenes are what an apply in place may have to do, one VM each.
var inPlaceScenes = map[string]func(w *world){
	"upload and deletes": scenes["upload and deletes"],
	"adopt":              scenes["adopt"],

	"checksums of a first reading":               scenes["checksums of a first reading"],
	"checksums of a first reading, and a delete": scenes["checksums of a first reading, and a delete"],
	"continue what an earlier run began": func(w *world) {
		k := key("Marge", 21)
		w.local(k)
		w.claimInPlace(k, content(k))
		w.plant("nas", k.String()+"/disk-flat.vmdk", "half")
	},
	"upload with block sums": func(w *world) {
		w.block = smallBlock
		w.local(key("Burns", 21))
		w.blockSums("nas", key("Burns", 20))
		w.complete("nas", key("Burns", 19).String(), key("Burns", 19))
		w.blockSums("nas", key("Burns", 11)) // to be deleted
	},
	"block sums of other local files are in the way": func(w *world) {
		w.block = smallBlock
		k := key("Carl", 21)
		w.local(k)
		w.claimInPlace(k, map[string]string{"disk-flat.vmdk": "another disk"})
		w.plant("nas", k.String()+"/disk-flat.vmdk", "another")
		w.plant("nas", k.String()+"/"+state.BlocksName, "half")
	},
	"parts of other local files are in the way": func(w *world) {
		k := key("Lisa", 21)
		w.local(k)
		w.claimInPlace(k, map[string]string{"disk-flat.vmdk": "another disk", "sub/old.vmx": "old"})
		w.plant("nas", k.String()+"/disk-flat.vmdk", "another")
		w.plant("nas", k.String()+"/sub/old.vmx", "old")
	},
	"an upload that nobody goes on with": func(w *world) {
		w.rotated("Otto")
		k := key("Otto", 12)
		w.claimInPlace(k, content(k))
		w.plant("nas", k.String()+"/disk-flat.vmdk", "half")
		w.plant("nas", k.String()+"/Thumbs.db", "junk")
	},
	"a delete that lost its manifest": func(w *world) {
		w.rotated("Ned")
		w.begunDelete(key("Ned", 12), false)
		w.complete("nas", key("Ned", 13).String(), key("Ned", 13))
	},
	"a delete that only has a claim": func(w *world) {
		w.rotated("Edna")
		w.begunDelete(key("Edna", 12), true)
	},
	"sealed and not released": func(w *world) {
		w.rotated("Abe")
		w.claimInPlace(key("Abe", 21), content(key("Abe", 21)))
	},
	"sealed, not released, and to be deleted": func(w *world) {
		w.rotated("Maude")
		k := key("Maude", 11)
		w.complete("nas", k.String(), k)
		w.claimInPlace(k, content(k))
	},
	"whole in staging by rename": func(w *world) {
		k := key("Milhouse", 21)
		w.local(k)
		w.complete("nas", dir.StagedSet(k), k)
		w.plant("nas", dir.Claim(k), string(state.Claim{Kind: state.UploadClaim, Key: k, Run: oldRun}.Encode()))
		w.complete("nas", dir.Deleted(key("Milhouse", 11), oldRun), key("Milhouse", 11))
	},
}

// renamingAgain are what a destination that renames again may find.
var renamingAgain = map[string]func(w *world){
	"parts at the final name":                   inPlaceScenes["continue what an earlier run began"],
	"parts of other local files are in the way": inPlaceScenes["parts of other local files are in the way"],
	"an upload that nobody goes on with":        inPlaceScenes["an upload that nobody goes on with"],
	"a delete that lost its manifest":           inPlaceScenes["a delete that lost its manifest"],
	"a delete that only has a claim":            inPlaceScenes["a delete that only has a claim"],
	"sealed and not released":                   inPlaceScenes["sealed and not released"],
}

// inPlaceWorlds are the scenes by name, and all of one kind together.
func inPlaceWorlds(t *testing.T) map[string]*world {
	worlds := map[string]*world{}
	for kind, scenes := range map[string]map[string]func(w *world){"in place": inPlaceScenes, "rename": renamingAgain} {
		fresh := func() *world {
			w := newWorld(t, 2)
			w.owned("nas")
			w.plant("nas", "readme.txt", "foreign")
			if kind == "in place" {
				w.publishInPlace()
			}
			return w
		}
		all := fresh()
		for _, name := range slices.Sorted(maps.Keys(scenes)) {
			one := fresh()
			scenes[name](one)
			scenes[name](all)
			worlds[kind+": "+name] = one
		}
		worlds[kind+": all"] = all
	}
	return worlds
}

// TestRun_crashEverywhereInPlace is TestRun_crashEverywhere where folders are
// not renamed, and where they are again after that.
func TestRun_crashEverywhereInPlace(t *testing.T) {
	for name, w := range inPlaceWorlds(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, w)
			t.Logf("%d changes, %d cleanups, %d calls", len(x.plan.Changes), len(x.plan.Cleanups), len(x.calls))
			step := sparse(1)
			if len(x.calls) > 200 {
				step = sparse(21) // all scenes together
			}
			for i := 0; i < len(x.calls); i += step {
				for n, when := range whens(x.calls[i]) {
					ways := x.ways()
					if step > 1 {
						ways = ways[(i+n)%3:][:1]
					}
					x.crashOnce(t, i, when, ways)
				}
			}
		})
	}
}

// TestRun_crashTwiceInPlace stops the resumed run, too.
func TestRun_crashTwiceInPlace(t *testing.T) {
	for name, w := range inPlaceWorlds(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, w)
			if len(x.calls) > 200 {
				return // all scenes together
			}
			for i := 0; i < len(x.calls); i += sparse(17) {
				for _, when := range whens(x.calls[i]) {
					x.crashTwice(t, i, when)
				}
			}
		})
	}
}
