package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// folderDepth is how deep below -dir sets are looked for: that of the deepest layout.
const folderDepth = 4

// foldersToVerify are the sets below a local folder: each folder with a manifest is one. A
// set is what its manifest says, wherever it lies.
func foldersToVerify(ctx context.Context, dir string, args []string) (v session.Verifiable, err error) {
	if len(args) > 0 {
		return v, failure.Usage(fmt.Errorf("-dir=%s and %q cannot be combined", dir, args), "vmxsync verify -dir=DIR")
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return v, err
	}
	settings := local.NewSettings()
	settings.Path = root
	store, err := local.Open(ctx, settings)
	if err != nil {
		return v, failure.New("The folder cannot be read", err)
	}
	v, err = session.VerifiableAt(store), nil
	folders, err := manifestFolders(ctx, store, ".", folderDepth)
	if err == nil && len(folders) == 0 {
		err = providers.WithHint(fmt.Errorf("%s has no %s, and no folder below it has one", dir, state.ManifestName), "Name the folder of a set, or one above it.")
	}
	for _, folder := range folders {
		if err == nil {
			var s state.Set
			s, err = read.FolderSet(ctx, store, folder)
			v.Copies = append(v.Copies, verify.Copy{Place: dir, Store: store, Set: s, Folder: filepath.Join(dir, filepath.FromSlash(folder))})
		}
	}
	if err != nil {
		v.CloseAll()
		return v, failure.New("The folder cannot be verified", err)
	}
	return v, nil
}

// manifestFolders are the folders that hold a manifest, sorted.
func manifestFolders(ctx context.Context, store providers.Store, dir string, depth int) (all []string, err error) {
	entries, err := store.List(ctx, dir)
	if err != nil {
		return nil, err
	}
	var below []string
	for _, e := range entries {
		switch {
		case e.Kind == providers.Regular && (e.Name() == state.ManifestName || e.Name() == state.NextManifestName):
			return []string{dir}, nil
		case e.Kind == providers.Dir && depth > 0:
			below = append(below, e.Path)
		}
	}
	for _, d := range below {
		more, err := manifestFolders(ctx, store, d, depth-1)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}
