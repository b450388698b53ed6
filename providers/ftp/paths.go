package ftp

import (
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/charset"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/external"
)

// paths are those of a store: from its root, and on the server.
type paths struct {
	root     string
	settings *account.Settings
	charset  *charset.Charset
	lines    *command.Lines
	external bool // a program sends the files, each path in one line
}

// check is providers.CheckPath, and counts the root as well.
func (p paths) check(name string) error {
	if err := providers.CheckPath(name); err != nil {
		return err
	}
	sent, err := p.charset.Encode(name)
	if err != nil {
		return err
	}
	if longest, n := p.pathBytes(), max(len(name), len(sent)); n > longest {
		err := fmt.Errorf("path of %d bytes, but at most %d fit below the root: %w", n, longest, providers.ErrName)
		return providers.WithHint(err, command.TooLongHint)
	}
	return nil
}

// checkEntry is check for what the root cannot stand for.
func (p paths) checkEntry(name string) error {
	if name == "." {
		return fmt.Errorf("%w: the root itself", providers.ErrName)
	}
	return p.check(name)
}

// pathBytes is the longest path below the root.
func (p paths) pathBytes() int { return p.longestPath() - len(p.root) - 1 }

// absolute is what is sent for a path of the store.
func (p paths) absolute(name string) string { return path.Join(p.root, name) }

// longestPath is in bytes, with the root. A program sends a path in one line.
func (p paths) longestPath() int {
	if !p.external && p.lines.Walks() {
		return providers.MaxPath
	}
	return min(external.LongestPath(p.settings), p.lines.Longest())
}
