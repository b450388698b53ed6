package session

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
	"github.com/vmxsync/vmxsync/diff"
)

// planKeyVariable holds the key that signs plans.
const planKeyVariable = "VMXSYNC_PLAN_KEY"

func planKey(e *Env) []byte {
	key, _ := e.Lookup(planKeyVariable)
	if key == "" {
		return nil
	}
	return []byte(key)
}

// NewRunID names one apply: first its time, so that its sets in trash show their age,
// then a random part that makes it unique.
func NewRunID(now time.Time) string {
	random := make([]byte, 6)
	rand.Read(random) // never fails
	return now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random)
}

// Seal makes the plan document, which expires after that time; run names its apply. A plan
// that show and apply would refuse is refused here.
func Seal(e *Env, plan *diff.Plan, run string, expires time.Duration) ([]byte, error) {
	if err := diff.Check(plan); err != nil {
		return nil, failure.New("The plan cannot be saved", err)
	}
	doc, err := diff.Seal(plan, diff.Envelope{
		RunID:       run,
		CreatedAt:   plan.Now,
		ExpiresAt:   plan.Now.Add(expires),
		ToolVersion: e.Version,
	}, planKey(e))
	return doc, failure.New("The plan cannot be saved", err)
}

// Unseal opens a plan document with all checks.
func Unseal(e *Env, doc []byte) (*diff.Saved, error) { return diff.Open(doc, planKey(e)) }

// WritePlan writes the document completely or not at all, readable by its owner only
// where files have such modes.
func WritePlan(path string, doc []byte) error { return files.Replace(path, doc, 0o600) }

// DropOldPlan deletes an older plan of ours, so that a failed plan command leaves none
// that an apply could mistake for a new one. Any other file there is refused.
func DropOldPlan(path string) error {
	f, err := files.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return failure.New("The plan cannot be saved", err)
	}
	head := make([]byte, len(planPrefix))
	n, err := io.ReadFull(f, head)
	f.Close()
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return failure.New("The plan cannot be saved", err)
	}
	if n > 0 && string(head) != planPrefix {
		return failure.New("The plan cannot be saved", failure.Hinted(fmt.Errorf("%s exists and is not a plan of vmxsync", path), "Choose another name for -out."))
	}
	return os.Remove(path)
}

// planPrefix is how every plan document begins: canonical JSON sorts its keys.
const planPrefix = `{"envelope":{`

// ReadPlan reads and checks a plan file; doc is its text.
func ReadPlan(e *Env, path string) (saved *diff.Saved, doc []byte, err error) {
	const summary = "The plan file cannot be used"
	f, err := files.Open(path)
	if err != nil {
		return nil, nil, failure.New(summary, err)
	}
	defer f.Close()
	doc, err = readDocument(f)
	if err != nil {
		return nil, nil, failure.New(summary, fmt.Errorf("%s: %w", path, err))
	}
	saved, err = Unseal(e, doc)
	if err != nil {
		return nil, nil, failure.New(summary, fmt.Errorf("%s: %w", path, err))
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
	if info.Size() > diff.MaxPlan {
		return nil, failure.Hinted(fmt.Errorf("is not a plan file: it has %d bytes, the limit is %d", info.Size(), diff.MaxPlan), hint)
	}
	var first [1]byte
	if n, err := f.ReadAt(first[:], 0); n == 1 && first[0] != planPrefix[0] {
		return nil, failure.Hinted(fmt.Errorf("is not a plan file: it begins with %q", first[0]), hint)
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
