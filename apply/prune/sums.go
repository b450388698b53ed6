package prune

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// sameSums reads the files at the source, each once, and compares them with
// every manifest.
func (p Prune) sameSums(ctx context.Context, dir string, manifests []*state.Manifest) error {
	if len(manifests) == 0 {
		return nil // no destination keeps it any more
	}
	for _, f := range p.Change.Files {
		sum, err := p.sum(ctx, dir, f)
		if err != nil {
			return err
		}
		for _, m := range manifests {
			if sumIn(m, f.Path) != sum {
				err := fmt.Errorf("%s %w: its contents changed after the upload and exist nowhere else",
					path.Join(p.Step.From, f.Path), source.ErrChanged)
				return providers.WithHint(err, rewrittenHint)
			}
		}
	}
	return nil
}

// sumIn is the sum that a manifest has of a file; "" if none.
func sumIn(m *state.Manifest, name string) string {
	i, ok := slices.BinarySearchFunc(m.Files, name, func(f state.ManifestFile, name string) int { return strings.Compare(f.Path, name) })
	if !ok {
		return ""
	}
	return m.Files[i].SHA256
}

// sum reuses what it has read before: a file that has changed since would have another
// time.
func (p Prune) sum(ctx context.Context, dir string, f state.File) (string, error) {
	if sum, ok := p.sums[f.Path]; ok {
		return sum, nil
	}
	r, err := p.Store.Open(ctx, path.Join(dir, f.Path), 0)
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum, err := source.SumAll(r, func(n int64) { p.Emit(event.Comparing{Address: p.Address, Path: f.Path, Read: n, Size: f.Size}) })
	if err != nil {
		return "", err
	}
	p.sums[f.Path] = sum
	return sum, ctx.Err()
}

const rewrittenHint = "Compare the local set with its copies and delete the bad ones by hand: the local set, or the copies, which are then uploaded again."
