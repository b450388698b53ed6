package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
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
		if s.Part || len(s.Missing) > 0 {
			continue
		}
		files := make([]vmx.File, len(s.Files))
		for i, f := range s.Files {
			files[i] = vmx.File{Path: f.Path, Size: f.Size}
		}
		found[s.Key] = soundnessOf(ctx, target, s.Folder, files)
	}
	return found
}

// soundnessOf is what speaks against the VM of a set in a folder of a place; nothing where the
// set holds no disk.
func soundnessOf(ctx context.Context, store providers.Store, folder string, files []vmx.File) []vmx.Finding {
	if !slices.ContainsFunc(files, func(f vmx.File) bool { return strings.EqualFold(path.Ext(f.Path), ".vmdk") }) {
		return nil
	}
	return vmx.Check(files, func(p string, offset int64, n int) ([]byte, error) {
		return readPart(ctx, store, path.Join(folder, p), offset, n)
	})
}

// warnOfVMs prints what speaks against the VMs of sets that were verified, as warnings.
func warnOfVMs(ctx context.Context, out *ui.UI, copies []verify.Copy) {
	for _, c := range copies {
		var files []vmx.File
		for _, f := range c.Set.Files {
			files = append(files, vmx.File{Path: f.Path, Size: f.Size})
		}
		for _, f := range soundnessOf(ctx, c.Store, c.Set.Path, files) {
			out.Warn("The VM may not start", providers.Escape(c.Address()+": "+f.String())+".", providers.Escape(f.Hint))
		}
	}
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
