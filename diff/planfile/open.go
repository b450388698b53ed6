package planfile

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Why a file is not opened.
var (
	// ErrNotPlan: it is too large, too deep, or not a JSON document of vmxsync.
	ErrNotPlan = errors.New("is not a plan file")
	// ErrFormat: it is a plan of another major format.
	ErrFormat = errors.New("is a plan of another format")
	// ErrDamaged: its digest or id does not match.
	ErrDamaged = errors.New("was damaged or edited")
	// ErrUnsigned: there is a key, and the plan is not signed.
	ErrUnsigned = errors.New("is not signed")
	// ErrSignature: it was signed with another key, or edited and sealed again.
	ErrSignature = errors.New("is not signed with this key")
	// ErrInvalid: it is whole, and asks for what no plan may ask for.
	ErrInvalid = errors.New("is not a valid plan")
)

// maxDepth is the deepest nesting that is read.
const maxDepth = 64

const newPlanHint = "Make a new plan: vmxsync plan -out=FILE"

// Open reads what Seal wrote and proves it: the digest, the signature where a key is
// given, and that its parts belong together: see diff.Expand. It reads any bytes without
// harm. Every error has a hint and wraps one of the sentinels above; whether the plan has
// expired is for the caller to judge.
func Open(data, key []byte) (*Saved, error) {
	doc, err := sealed(data, key, Format)
	if err != nil {
		return nil, err
	}
	saved, err := doc.decode()
	if err != nil {
		return nil, providers.WithHint(fmt.Errorf("%w: %w", ErrInvalid, err), newPlanHint)
	}
	return saved, nil
}

// sealed is the document of that format, as it was sealed.
func sealed(data, key []byte, format string) (document, error) {
	doc, err := parse(data)
	if err != nil {
		return doc, providers.WithHint(fmt.Errorf("%w: %w", ErrNotPlan, err), "Name a file that was written by: vmxsync plan -out=FILE")
	}
	if err := doc.checkFormat(format); err != nil {
		return doc, err
	}
	return doc, doc.checkSeal(key)
}

// depth is the deepest nesting of a JSON text, found before anything else
// reads it. It is of no meaning for other texts.
func depth(data []byte) int {
	deepest, level, inString := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

func (d document) checkFormat(want string) error {
	format, err := d.format()
	if err != nil || kindOf(format) != kindOf(want) {
		return providers.WithHint(fmt.Errorf("%w: its format is %.40q, want %q", ErrNotPlan, format, want), newPlanHint)
	}
	if majorOf(format) != majorOf(want) {
		return providers.WithHint(fmt.Errorf("%w: %.40q, this vmxsync reads %q", ErrFormat, format, want),
			"Plans of other versions of vmxsync cannot be applied. "+newPlanHint)
	}
	return nil
}

func (d document) format() (format string, err error) {
	err = json.Unmarshal(d.members["format"], &format)
	return format, err
}

// kindOf cuts "vmxsync.plan/1.2" to "vmxsync.plan".
func kindOf(format string) string {
	kind, _, _ := strings.Cut(format, "/")
	return kind
}

// majorOf cuts "vmxsync.plan/1.2" to "1".
func majorOf(format string) string {
	_, version, _ := strings.Cut(format, "/")
	major, _, _ := strings.Cut(version, ".")
	return major
}

// checkSeal proves that the document is, byte for byte, what was sealed.
func (d document) checkSeal(key []byte) error {
	var e Envelope
	if err := json.Unmarshal(d.members["envelope"], &e); err != nil {
		return damaged(err.Error())
	}
	if !d.isCanonical() {
		return damaged("it is not in canonical form")
	}
	covered, err := d.without("digest")
	if err != nil || hash(covered...) != e.Digest {
		return damaged("its digest does not match")
	}
	var id string
	if err := json.Unmarshal(d.members["id"], &id); err != nil || id != hash(d.members["plan"]) {
		return damaged("its id does not match")
	}
	if len(key) == 0 {
		return nil
	}
	return d.checkSignature(e.HMAC, key)
}

func (d document) checkSignature(mac string, key []byte) error {
	const hint = "VMXSYNC_PLAN_KEY must be the same for plan and apply."
	if mac == "" {
		return providers.WithHint(ErrUnsigned, hint)
	}
	bare, err := d.without("hmac", "digest")
	if err != nil || !hmac.Equal([]byte(sign(key, bare...)), []byte(mac)) {
		return providers.WithHint(ErrSignature, hint)
	}
	return nil
}

func damaged(why string) error {
	return providers.WithHint(fmt.Errorf("%w: %s", ErrDamaged, why), newPlanHint)
}

// decode ignores members that it does not know, except where ignoring one
// could change what is done: in places, groups, changes, cleanups, what is read back, and hooks.
func (d document) decode() (*Saved, error) {
	saved := &Saved{Plan: &diff.Plan{}}
	strict := json.WithUnmarshalers(json.JoinUnmarshalers(strictly[diff.Place](), strictly[diff.Group](), strictly[diff.Share](), shared(), strictly[diff.Cleanup](), strictly[config.Hook]()))
	for name, into := range map[string]any{
		"format": &saved.Format, "id": &saved.ID, "envelope": &saved.Envelope, "plan": saved.Plan,
	} {
		if err := json.Unmarshal(d.members[name], into, strict); err != nil {
			return nil, err
		}
	}
	if !state.IsRun(saved.Envelope.RunID) {
		return nil, fmt.Errorf("run_id %.40q is not the id of an apply", saved.Envelope.RunID)
	}
	return saved, check(saved.Plan)
}

func strictly[T any]() *json.Unmarshalers {
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v *T) error {
		return json.UnmarshalDecode(dec, v, json.WithUnmarshalers(nil), json.RejectUnknownMembers(true))
	})
}
