package main

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// planKeyVariable holds the key that signs plans.
const planKeyVariable = "VMXSYNC_PLAN_KEY"

func (p *process) planKey() []byte {
	key, _ := p.env(planKeyVariable)
	if key == "" {
		return nil
	}
	return []byte(key)
}

// newRunID names one apply: first its time, so that its sets in trash show their age,
// then a random part that makes it unique.
func newRunID(now time.Time) string {
	random := make([]byte, 6)
	rand.Read(random) // never fails
	return now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random)
}

// seal makes the plan document, which expires after that time. A plan that show and
// apply would refuse is refused here.
func (p *process) seal(plan *diff.Plan, expires time.Duration) ([]byte, error) {
	if err := planfile.Check(plan); err != nil {
		return nil, failure("The plan cannot be saved", err)
	}
	doc, err := planfile.Seal(plan, planfile.Envelope{
		RunID:       cmp.Or(p.applyReport.report.Run, newRunID(plan.Now)), // an apply has one since its start
		CreatedAt:   plan.Now,
		ExpiresAt:   plan.Now.Add(expires),
		ToolVersion: version,
	}, p.planKey())
	return doc, failure("The plan cannot be saved", err)
}

// writePlan writes the document completely or not at all, readable by its owner only
// where files have such modes.
func writePlan(path string, doc []byte) error { return replaceFile(path, doc, 0o600) }

// dropOldPlan deletes an older plan of ours, so that a failed plan command leaves none
// that an apply could mistake for a new one. Any other file there is refused.
func dropOldPlan(path string) error {
	f, err := openRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return failure("The plan cannot be saved", err)
	}
	head := make([]byte, len(planPrefix))
	n, err := io.ReadFull(f, head)
	f.Close()
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return failure("The plan cannot be saved", err)
	}
	if n > 0 && string(head) != planPrefix {
		return failure("The plan cannot be saved", hinted(fmt.Errorf("%s exists and is not a plan of vmxsync", path), "Choose another name for -out."))
	}
	return os.Remove(path)
}

// planPrefix is how every plan document begins: canonical JSON sorts its keys.
const planPrefix = `{"envelope":{`

// readPlan reads and checks a plan file; doc is its text.
func (p *process) readPlan(path string) (saved *planfile.Saved, doc []byte, err error) {
	const summary = "The plan file cannot be used"
	f, err := openRegular(path)
	if err != nil {
		return nil, nil, failure(summary, err)
	}
	defer f.Close()
	doc, err = readDocument(f)
	if err != nil {
		return nil, nil, failure(summary, fmt.Errorf("%s: %w", path, err))
	}
	saved, err = planfile.Open(doc, p.planKey())
	if err != nil {
		return nil, nil, failure(summary, fmt.Errorf("%s: %w", path, err))
	}
	return saved, doc, nil
}

// readDocument reads a plan file. It does not read a file that is far too large or is
// not a JSON object: it may be a disk image.
func readDocument(f *os.File) ([]byte, error) {
	const hint = "Name a file that was written by: vmxsync plan -out=FILE"
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > planfile.MaxPlan {
		return nil, hinted(fmt.Errorf("is not a plan file: it has %d bytes, the limit is %d", info.Size(), planfile.MaxPlan), hint)
	}
	var first [1]byte
	if n, err := f.ReadAt(first[:], 0); n == 1 && first[0] != planPrefix[0] {
		return nil, hinted(fmt.Errorf("is not a plan file: it begins with %q", first[0]), hint)
	} else if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	doc := make([]byte, info.Size())
	n, err := io.ReadFull(f, doc)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil // it has become shorter
	}
	return doc[:n], err
}

// openRegular opens a regular file and refuses anything else that a path can name: a
// folder, a device that never ends, a link to another file.
func openRegular(path string) (*os.File, error) {
	f, err := regular.OpenItself(path)
	if refused := new(regular.Error); errors.As(err, &refused) {
		return nil, hinted(err, "Name a regular file, and the file itself: by the time it is used, a link may point to another one.")
	}
	return f, err
}
