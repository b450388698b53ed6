package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
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
		found[s.Key] = read.Soundness(ctx, target, s.Folder, files)
	}
	return found
}

// warnOfVMs prints what speaks against the VMs of sets that were verified, as warnings.
func warnOfVMs(ctx context.Context, out *ui.UI, copies []verify.Copy) {
	for _, c := range copies {
		var files []vmx.File
		for _, f := range c.Set.Files {
			files = append(files, vmx.File{Path: f.Path, Size: f.Size})
		}
		for _, f := range read.Soundness(ctx, c.Store, c.Set.Path, files) {
			out.Warn("The VM may not start", providers.Escape(c.Address()+": "+f.String())+".", providers.Escape(f.Hint))
		}
	}
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
