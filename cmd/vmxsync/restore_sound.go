package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/vmx"
)

// soundness is what speaks against the VMs of restored sets, by set. Of a set that was
// restored in part, or holds no disk, nothing is asked.
func soundness(ctx context.Context, plan *restore.Plan, target providers.Store) map[state.Key][]vmx.Finding {
	found := map[state.Key][]vmx.Finding{}
	for _, s := range plan.Sets {
		if s.Part || len(s.Missing) > 0 || !slices.ContainsFunc(s.Files, func(f restore.File) bool { return strings.EqualFold(path.Ext(f.Path), ".vmdk") }) {
			continue
		}
		files := make([]vmx.File, len(s.Files))
		for i, f := range s.Files {
			files[i] = vmx.File{Path: f.Path, Size: f.Size}
		}
		found[s.Key] = vmx.Check(files, func(p string, offset int64, n int) ([]byte, error) {
			return readPart(ctx, target, path.Join(s.Folder, p), offset, n)
		})
	}
	return found
}

// readPart reads at most n bytes of a file.
func readPart(ctx context.Context, store providers.Store, p string, offset int64, n int) ([]byte, error) {
	r, err := store.Open(ctx, p, offset)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, n)
	n, err = io.ReadFull(r, data)
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return data[:n], err
}

// beforehand are the lines on what has to be mended before a VM is registered.
func beforehand(found []vmx.Finding) string {
	var b strings.Builder
	for _, f := range found {
		head := "before that:"
		if f.Note {
			head = "note:"
		}
		fmt.Fprintf(&b, "  %-17s %s\n", head, providers.Escape(f.String()))
		fmt.Fprintf(&b, "  %-17s %s\n", "", providers.Escape(f.Hint))
	}
	return b.String()
}
