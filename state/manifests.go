package state

import (
	"context"
	"errors"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
)

// ReadManifests reads the manifests of sets that are marked and returns the
// sets in the same order, with Manifest filled in, or with the state that the
// manifest gives them: damaged, or unknown where it could not be read.
func ReadManifests(ctx context.Context, store providers.Store, sets []Set) []Set {
	read := slices.Clone(sets)
	parallel(ctx, store.Traits().Sessions, len(read), func(i int) {
		if read[i].Marked && read[i].Manifest == nil {
			read[i] = readManifest(ctx, store, read[i])
		}
	})
	return read
}

func readManifest(ctx context.Context, store providers.Store, s Set) Set {
	data, err := readFile(ctx, store, path.Join(s.Path, ManifestName), MaxManifest)
	if err != nil {
		s.State, s.Problem = Unknown, err.Error()
		return s
	}
	m, err := ParseManifest(data)
	if err != nil {
		s.State, s.Problem = Damaged, err.Error()
		if errors.Is(err, ErrNewer) {
			s.State = Unknown
		}
		return s
	}
	s.Manifest = m
	if why := m.Fits(s.Key, s.Files); why != "" {
		s.State, s.Problem = Damaged, why
	}
	return s
}
