package verify

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// set verifies one copy: its names and sizes as they were listed, then its files.
func (r *run) set(ctx context.Context, c Copy) Set {
	s := Set{Copy: c}
	if err := r.lostPlace(c.Place); err != nil {
		s.Why = err
		return s
	}
	if c.Set.Manifest == nil {
		return withoutManifest(s)
	}
	r.tell(event.Verifying{Address: c.Address(), Bytes: c.Set.Bytes()})
	s.Files = compare(c.Set)
	led := newLedger(c, r.Now)
	for i, f := range s.Files {
		switch {
		case r.readsFirst(c, f):
			s.Files[i] = r.first(ctx, c, led, f)
		case f.Outcome != OK || r.Level == List:
			continue
		default:
			s.Files[i] = r.file(ctx, c, led, f)
		}
		if s.Files[i].Outcome != Missing && s.Files[i].Outcome != Unasked {
			continue
		}
		if gone, err := isGone(ctx, c); gone {
			return Set{Copy: c, Gone: true}
		} else if errors.Is(err, providers.ErrUnreachable) {
			r.lose(c.Place, err)
		}
	}
	led.write(ctx)
	led.noteFirst(ctx, s)
	s.Unrecorded = led.err
	r.tell(event.Verified{Address: c.Address(), Verdict: string(s.Verdict()), Files: len(s.Files)})
	return s
}

// withoutManifest is a set whose manifest cannot be read, or that has none.
func withoutManifest(s Set) Set {
	c := s.Copy.Set
	switch c.State {
	case state.Damaged:
		s.Files = []File{{Path: state.ManifestName, Outcome: Sum, Why: c.Problem}}
		if !c.Marked {
			s.Files[0].Outcome = Missing
		}
	case state.Unknown:
		s.Why = errors.New(c.Problem)
	default:
		s.Files = []File{{Path: state.ManifestName, Outcome: NoSums, Why: "it has no manifest: vmxsync has not made it"}}
	}
	return s
}

// compare compares the files that are listed with those of the manifest.
func compare(s state.Set) (files []File) {
	listed := map[string]int64{}
	for _, f := range s.Files {
		listed[f.Path] = f.Size
	}
	for _, m := range s.Manifest.Files {
		f := File{Path: m.Path, Size: m.Size, Outcome: OK, Level: List}
		size, there := listed[m.Path]
		switch {
		case !there:
			f.Outcome, f.Level = Missing, ""
		case size != m.Size:
			f.Outcome, f.Level = Size, ""
			f.Why = "it has " + state.FormatBytes(size) + ", but " + state.FormatBytes(m.Size) + " in the manifest"
		case m.SHA256 == "":
			f.Outcome = NoSums
		}
		delete(listed, m.Path)
		files = append(files, f)
	}
	for name, size := range listed {
		files = append(files, File{Path: name, Size: size, Outcome: Unexpected})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files
}

// isGone reports whether the folder of the set is not there any more.
func isGone(ctx context.Context, c Copy) (bool, error) {
	_, err := c.Store.List(ctx, c.Set.Path)
	return errors.Is(err, fs.ErrNotExist), err
}

// manifestFile is what the manifest says of a file.
func (c Copy) manifestFile(name string) state.ManifestFile {
	files := c.Set.Manifest.Files
	return files[slices.IndexFunc(files, func(m state.ManifestFile) bool { return m.Path == name })]
}

// proven is a file that was proven at that level.
func (f File) proven(level Level, at time.Time) File {
	f.Outcome, f.Level, f.At = OK, level, at.UTC()
	return f
}

// failed is a file of which that was found.
func (f File) failed(o Outcome, why string) File {
	f.Outcome, f.Why, f.Level = o, why, ""
	return f
}
