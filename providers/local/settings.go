package local

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/vmxsync/vmxsync/providers"
)

// Settings is what the configuration says about a local place.
type Settings struct {
	// Path of the folder that is the root. A relative one is relative to the
	// working directory; the configuration makes it absolute before.
	Path string `hcl:"path" path:"root" json:"path"`
	// Connections is the number of calls that run at once.
	Connections int `hcl:"connections,optional" json:"connections"`
	// Transfer says how content is moved.
	Transfer *Transfer `hcl:"transfer,block" json:"transfer,omitempty"`
}

// Transfer says how content is moved. The zero value of an attribute stands
// for its default.
type Transfer struct {
	RateLimit    providers.Rates `hcl:"rate_limit,optional" json:"rate_limit,omitzero"`       // both directions, all calls together
	DownloadRate providers.Rates `hcl:"download_rate,optional" json:"download_rate,omitzero"` // of what is received, instead of rate_limit
	Verify       string          `hcl:"verify,optional" json:"verify,omitempty"`              // as providers.Verifier
}

// NewSettings returns the defaults: four calls at once.
func NewSettings() *Settings { return &Settings{Connections: 4} }

// Check reports all that is wrong.
func (s *Settings) Check() []providers.Problem {
	var problems []providers.Problem
	if detail := badPath(s.Path); detail != "" {
		problems = append(problems, providers.Problem{Attribute: "path", Summary: "Invalid path", Detail: detail})
	}
	if s.Connections < 1 {
		problems = append(problems, providers.Problem{
			Attribute: "connections", Summary: "Invalid number of connections",
			Detail: fmt.Sprintf("%d is not a valid number of connections: set connections to 1 or more, or omit it.", s.Connections),
		})
	}
	switch v := s.verify(); v {
	case providers.VerifySize, providers.VerifyHash, providers.VerifyReadback:
	default:
		problems = append(problems, providers.Problem{
			Attribute: "transfer.verify", Summary: "Invalid way to verify",
			Detail: fmt.Sprintf("%q is not %q, %q or %q.", v, providers.VerifySize, providers.VerifyHash, providers.VerifyReadback),
		})
	}
	return problems
}

func badPath(p string) string {
	if strings.TrimSpace(p) == "" {
		return "The path is empty: set it to a folder that exists."
	}
	if strings.IndexFunc(p, unicode.IsControl) < 0 {
		return ""
	}
	detail := fmt.Sprintf("The path %q contains a control character.", p)
	if slashed, ok := unescape(p); ok {
		detail += fmt.Sprintf(` A backslash starts an escape sequence here: write the path with slashes, as %q.`, slashed)
	}
	return detail
}

// escapes are those of a quoted string in the configuration.
var escapes = strings.NewReplacer("\t", "/t", "\n", "/n", "\r", "/r")

// unescape guesses the path that was meant by one like "C:\temp\new", in which
// \t and \n were read as a tab and a newline.
func unescape(p string) (string, bool) {
	meant := strings.ReplaceAll(escapes.Replace(p), `\`, "/")
	return meant, strings.IndexFunc(meant, unicode.IsControl) < 0
}

// verify is how content is proven.
func (s *Settings) verify() string {
	if s.Transfer == nil || s.Transfer.Verify == "" {
		return providers.VerifySize
	}
	return s.Transfer.Verify
}

// paces are what all calls of a store share: of what is sent, and of what is received; nil: no
// limit. download_rate takes what is received out of rate_limit.
func (s *Settings) paces() (sent, received *providers.Pace) {
	if s.Transfer == nil {
		return nil, nil
	}
	sent = s.Transfer.RateLimit.Pace()
	if s.Transfer.DownloadRate.IsZero() {
		return sent, sent
	}
	return sent, s.Transfer.DownloadRate.Pace()
}

// Place is "local:" and the absolute path, with slashes.
func (s *Settings) Place() string {
	abs, err := filepath.Abs(s.Path)
	if err != nil {
		abs = s.Path
	}
	return "local:" + filepath.ToSlash(abs)
}
