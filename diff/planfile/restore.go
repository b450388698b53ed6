package planfile

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// RestoreFormat is the format of files with the plan of a restore.
const RestoreFormat = "vmxsync.restore/1"

// SavedRestore is the plan of a restore as it stands in a file, like Saved.
type SavedRestore struct {
	Format   string        `json:"format"`
	ID       string        `json:"id"`
	Plan     *restore.Plan `json:"plan"`
	Envelope Envelope      `json:"envelope"`
}

// SealRestore is Seal for the plan of a restore.
func SealRestore(p *restore.Plan, e Envelope, key []byte) ([]byte, error) {
	if err := checkRestore(p); err != nil {
		return nil, err
	}
	return sealAs(RestoreFormat, e, key, func(doc []byte) ([]byte, error) {
		plan, err := canonical(p)
		return append(doc, plan...), err
	})
}

// IsRestore reports whether a document is the plan of a restore, of whatever version.
func IsRestore(data []byte) bool {
	doc, err := parse(data)
	if err != nil {
		return false
	}
	format, err := doc.format()
	return err == nil && kindOf(format) == kindOf(RestoreFormat)
}

// OpenRestore is Open for the plan of a restore: it is proven that it reads from its own
// places alone, and writes below its folder alone.
func OpenRestore(data, key []byte) (*SavedRestore, error) {
	doc, err := sealed(data, key, RestoreFormat)
	if err != nil {
		return nil, err
	}
	saved := &SavedRestore{Plan: &restore.Plan{}}
	strict := json.WithUnmarshalers(json.JoinUnmarshalers(strictly[restore.Set](), strictly[restore.Place]()))
	for name, into := range map[string]any{"format": &saved.Format, "id": &saved.ID, "envelope": &saved.Envelope, "plan": saved.Plan} {
		if err = json.Unmarshal(doc.members[name], into, strict); err != nil {
			break
		}
	}
	if err == nil {
		err = checkRestore(saved.Plan)
	}
	if err != nil {
		return nil, providers.WithHint(fmt.Errorf("%w: %w", ErrInvalid, err), newPlanHint)
	}
	return saved, nil
}

func checkRestore(p *restore.Plan) error {
	if !filepath.IsAbs(p.To) || strings.ContainsRune(p.To, 0) {
		return fmt.Errorf("%q is not the absolute path of a folder", p.To)
	}
	for _, place := range p.Places {
		if place.WorkDir != "" && providers.CheckName(string(place.WorkDir)) != nil {
			return fmt.Errorf("place %q: %q is not the name of a folder", place.Name, place.WorkDir)
		}
	}
	for i, s := range p.Sets {
		if err := restore.CheckNames(s, providers.Limits{}); err != nil {
			return err
		}
		if i > 0 && p.Sets[i-1].Compare(s.Key) >= 0 {
			return fmt.Errorf("%s is out of order", s.Key)
		}
		if err := checkOrigins(p, s); err != nil {
			return fmt.Errorf("%s: %w", s.Key, err)
		}
	}
	return nil
}

func checkOrigins(p *restore.Plan, s restore.Set) error {
	if len(s.Origins) == 0 {
		return errors.New("no place holds it")
	}
	for _, o := range s.Origins {
		if _, known := p.Place(o.Place); !known {
			return fmt.Errorf("unknown place %q", o.Place)
		}
		if err := providers.CheckPath(o.Path); err != nil || o.Path == "." {
			return errors.Join(err, fmt.Errorf("%q is not the folder of a set", o.Path))
		}
	}
	for _, f := range s.Files {
		if f.SHA256 == "" != s.NoSums || !s.NoSums && !state.IsSum(f.SHA256) {
			return fmt.Errorf("%q has no checksum, or one that is invalid", f.Path)
		}
	}
	return nil
}
