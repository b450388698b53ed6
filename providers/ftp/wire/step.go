package wire

import (
	"fmt"
	"strings"
)

// Step says how far a dial came.
type Step struct {
	Name string
	Err  error
}

func (s *Step) Error() string { return s.Name + ": " + s.Err.Error() }
func (s *Step) Unwrap() error { return s.Err }

// noFTP is a greeting that no FTP server has.
type noFTP struct{ said string }

func (n *noFTP) Error() string {
	first, _, _ := strings.Cut(n.said, "\n")
	return fmt.Sprintf("server replied %.80q", strings.TrimSpace(first))
}
