package relay

import (
	"path/filepath"
	"strings"
)

// understood is what a server makes of a command that reads it in its own way.
func (s *session) understood(p []byte) []byte {
	f := s.script.current()
	line, end, _ := strings.Cut(string(p), "\r\n")
	if end != "" {
		return p // not one command
	}
	if n := f.SplitLines; n > 0 && len(line) > n && s.script.fire(SplitLines) {
		return []byte(line[:n] + "\r\n" + line[n:] + "\r\n")
	}
	if f.Globs {
		return []byte(s.globbed(line) + "\r\n")
	}
	return p
}

// globbed puts what matches on the server's disk in the place of the argument
// of a listing. One that matches nothing stays.
func (s *session) globbed(line string) string {
	verb, arg, ok := strings.Cut(line, " ")
	lists := s.verb == "LIST" || s.verb == "NLST" || s.verb == "MLSD"
	if !ok || !lists || !strings.ContainsAny(arg, "*?[") {
		return line
	}
	found, _ := filepath.Glob(filepath.Join(s.root, filepath.FromSlash(arg)))
	if len(found) == 0 || !s.script.fire(Globs) {
		return line
	}
	below, err := filepath.Rel(s.root, found[0])
	if err != nil {
		return line
	}
	return verb + " /" + filepath.ToSlash(below)
}
