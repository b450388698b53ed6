package read

import (
	"context"
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
)

// Manifests reads the manifests of sets that are marked and returns the
// sets in the same order, with Manifest filled in, or with the state that the
// manifest gives them: damaged, or unknown where it could not be read.
func Manifests(ctx context.Context, store providers.Store, sets []state.Set) []state.Set {
	read := slices.Clone(sets)
	parallel.All(ctx, store.Traits().Sessions, len(read), func(i int) {
		if read[i].Marked && read[i].Manifest == nil {
			read[i] = readManifest(ctx, store, read[i])
		}
	})
	return read
}

func readManifest(ctx context.Context, store providers.Store, s state.Set) state.Set {
	data, err := ManifestText(ctx, store, s.Path)
	if err != nil {
		s.State, s.Problem = state.Unknown, err.Error()
		return s
	}
	m, err := state.ParseManifest(data)
	if err != nil {
		s.State, s.Problem = state.Damaged, err.Error()
		if errors.Is(err, state.ErrNewer) {
			s.State = state.Unknown
		}
		return s
	}
	s.Manifest = m
	if why := m.Fits(s.Key, s.Files); why != "" {
		s.State, s.Problem = state.Damaged, why
	} else if s.BlocksFile != nil && m.Blocks == nil && !m.NoSums && m.Verified != state.ReadBack { // of an adopted set, nobody knows what they are of
		s.State, s.Problem = state.Damaged, state.BlocksName+" is not in its manifest"
	}
	return s
}
