package read

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/vmx"
)

// Soundness is what speaks against the VM of a set in a folder of a place; nothing where the
// set holds no disk.
func Soundness(ctx context.Context, store providers.Store, folder string, files []vmx.File) []vmx.Finding {
	if !slices.ContainsFunc(files, func(f vmx.File) bool { return strings.EqualFold(path.Ext(f.Path), ".vmdk") }) {
		return nil
	}
	return vmx.Check(files, func(p string, offset int64, n int) ([]byte, error) {
		return readPart(ctx, store, path.Join(folder, p), offset, n)
	})
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
