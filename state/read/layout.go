package read

import (
	"context"
	"strings"

	"github.com/ncruces/go-strftime"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Layout finds the layout of a root whose configuration is lost, by the first manifest that
// it finds, as each holds the VM and time of its set. False means that it found none, or one
// at a path that no usual layout gives.
func Layout(ctx context.Context, store providers.Store, skip state.WorkDir) (state.Layout, bool) {
	dirs := []string{"."}
	for asked := 0; len(dirs) > 0 && asked < maxSearched; asked++ {
		dir := dirs[0]
		dirs = dirs[1:]
		entries, err := store.List(ctx, dir)
		if err != nil {
			continue
		}
		var below []string
		for _, e := range entries {
			switch {
			case providers.CheckName(e.Name()) != nil || e.Path == string(skip):
			case e.Kind == providers.Regular && (e.Name() == state.ManifestName || e.Name() == state.NextManifestName):
				if l, ok := layoutOf(ctx, store, dir, e.Path); ok {
					return l, true
				}
			case e.Kind == providers.Dir && !state.IsJunk(e.Name()) && strings.Count(e.Path, "/") < 4:
				below = append(below, e.Path)
			}
		}
		dirs = append(below, dirs...) // one set is enough: into the depth first
	}
	return state.Layout{}, false
}

// maxSearched is how many folders are listed.
const maxSearched = 200

// times are the usual ways to write the time of a set.
var times = []string{
	"%Y-%m-%d-%H%M%S", "%Y-%m-%d_%H-%M-%S", "%Y-%m-%dT%H%M%S", "%Y-%m-%d_%H%M%S", "%Y%m%d-%H%M%S", "%Y%m%d_%H%M%S", "%Y%m%dT%H%M%S", "%Y%m%d%H%M%S",
	"%Y-%m-%d/%H%M%S", "%Y/%m/%d/%H%M%S", "%Y-%m-%d-%H%M", "%Y-%m-%d", "%Y%m%d",
}

func layoutOf(ctx context.Context, store providers.Store, dir, manifest string) (state.Layout, bool) {
	data, err := File(ctx, store, manifest, state.MaxManifest)
	if err != nil {
		return state.Layout{}, false
	}
	m, err := state.ParseManifest(data)
	if err != nil {
		return state.Layout{}, false
	}
	named := strings.ReplaceAll(strings.ReplaceAll(dir, "%", "%%"), m.Key.VM, "{vm}")
	for _, format := range times {
		text := strings.Replace(named, strftime.Format(format, m.Key.Stamp.Civil()), format, 1)
		l, err := state.ParseLayout(text)
		if err != nil {
			continue
		}
		if k, ok := l.Key(dir); ok && k == m.Key {
			return l, true
		}
	}
	return state.Layout{}, false
}
