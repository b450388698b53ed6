package providers

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Driver makes stores of one type. The list of drivers is a literal in
// cmd/vmxsync.
type Driver struct {
	// Type is the label in the configuration: destination "ftp".
	Type string
	// New returns settings that hold the defaults.
	New func() Settings
	// Open connects lazily or at once; it proves nothing about the root.
	Open func(ctx context.Context, s Settings, secrets Secrets) (Store, error)
}

// Settings is a pointer to a struct with hcl tags, which the configuration
// decodes into, and json tags, which a plan stores. No field holds a secret:
// secret attributes are of type Reference.
//
// A field is tagged `hcl:"name"` (required), `hcl:"name,optional"`, or
// `hcl:"name,block"` for a nested block (a pointer to a struct). Types are
// string, bool, int, []string, Reference, and anything that implements
// encoding.TextUnmarshaler.
//
// A string that is also tagged `path:"file"` is the path of a file of this machine,
// and one tagged `path:"root"` that of the folder that is the root of the place: the
// configuration makes both absolute.
type Settings interface {
	// Check reports all that is wrong, each with its attribute.
	Check() []Problem
	// Place names the place for people and for telling two places apart:
	// "ftp://backup@nas.example.com:21/vm-backups". It holds no secret.
	Place() string
}

// Problem is one fault of a Settings value.
type Problem struct {
	Attribute string // "port", "tls.mode"; "" for the whole block
	Summary   string // without names: "Invalid port"
	Detail    string // with the names and the way out
	Warning   bool   // true: say it and go on
}

// Secrets resolves references when a store is opened. Where there is no value,
// the error names the reference and has a hint.
type Secrets func(ctx context.Context, r Reference) (string, error)

// Resolve is also for a store that is opened without secrets.
func (s Secrets) Resolve(ctx context.Context, r Reference) (string, error) {
	if s == nil {
		return "", errors.New("the password cannot be resolved")
	}
	return s(ctx, r)
}

// Reference says where a secret is to be found; it never holds the secret.
// The zero value refers to nothing.
type Reference struct {
	Kind string   `json:"kind,omitempty"` // "env", "file", "command" or "variable"
	Name string   `json:"name,omitempty"` // variable name, or absolute path
	Args []string `json:"args,omitempty"` // the command, for kind "command"
}

// The kinds of references.
const (
	EnvReference      = "env"
	FileReference     = "file"
	CommandReference  = "command"
	VariableReference = "variable"
)

// IsZero reports whether r refers to nothing.
func (r Reference) IsZero() bool { return r.Kind == "" }

// String is the reference as the configuration would write it.
func (r Reference) String() string {
	switch r.Kind {
	case "":
		return "(none)"
	case VariableReference:
		return "var." + r.Name
	case CommandReference:
		return fmt.Sprintf("command([%s])", quoteAll(r.Args))
	}
	return fmt.Sprintf("%s(%q)", r.Kind, r.Name)
}

func quoteAll(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = fmt.Sprintf("%q", a)
	}
	return strings.Join(quoted, ", ")
}
