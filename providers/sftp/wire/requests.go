package wire

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"github.com/vmxsync/vmxsync/providers"
)

// The extensions of OpenSSH that are used where they are offered (PROTOCOL, section 4).
const (
	StatVFS = "statvfs@openssh.com"
	Fsync   = "fsync@openssh.com"
)

// Lstat describes one entry, with its name for a path. It follows no link at the end:
// where LSTAT may do so, a folder or a file is asked for what it leads to.
func (s *Session) Lstat(name string) (f providers.File, err error) {
	var info fs.FileInfo
	err = s.Ask("LSTAT", name, func() error {
		info, err = s.client.Lstat(name)
		return Described(info, err)
	})
	if err != nil {
		return f, err
	}
	f, err = File(info)
	if err != nil || tellsLinks(s) || f.Kind != providers.Dir && f.Kind != providers.Regular {
		return f, err
	}
	isLink, err := isLink(s, name)
	if isLink {
		f = providers.File{Path: f.Path, Kind: providers.Link}
	}
	return f, err
}

// tellsLinks reports whether LSTAT is known to follow no link: that of OpenSSH does not.
// That of ProFTPD's mod_sftp 1.3.8 does, while its listings show links.
func tellsLinks(s *Session) bool {
	return strings.HasPrefix(s.Version(), "SSH-2.0-OpenSSH")
}

// isLink asks for the target of a link, which nothing else has.
func isLink(s *Session, name string) (bool, error) {
	target := ""
	err := s.Ask("READLINK", name, func() (err error) {
		target, err = s.client.ReadLink(name)
		return given(target != "", err)
	})
	return err == nil && target != name, UnlessAnswered(err)
}

// maxListing is more than any folder of backups has, in bytes.
const maxListing = 64 << 20

var errEndless = fmt.Errorf("more than %d MiB: %w", maxListing>>20, providers.ErrListing)

// ReadDir lists a directory: all of it, or nothing.
func (s *Session) ReadDir(name string) (files []fs.FileInfo, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.Watch.bound(maxListing, cancel)
	defer s.Watch.bound(0, nil)
	err = s.Ask("READDIR", name, func() error {
		files, err = s.client.ReadDirContext(ctx, name)
		if ctx.Err() != nil {
			return errEndless
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// IsDirectory proves that a directory is at name, also behind a link.
func (s *Session) IsDirectory(name string) error {
	return s.Ask("STAT", name, func() error {
		info, err := s.client.Stat(name)
		err = Described(info, err)
		if err == nil && !info.IsDir() {
			err = &Refusal{code: 19, text: codes[19], kind: fs.ErrNotExist}
		}
		return err
	})
}

func (s *Session) Mkdir(name string) error {
	return s.Ask("MKDIR", name, func() error { return s.client.Mkdir(name) })
}

func (s *Session) Rmdir(name string) error {
	return s.Ask("RMDIR", name, func() error { return s.client.RemoveDirectory(name) })
}

// Unlink is REMOVE: the library has no call for that alone, and its Remove tries RMDIR
// where REMOVE is refused. The caller has seen that name is no directory.
func (s *Session) Unlink(name string) error {
	return s.Ask("REMOVE", name, func() error { return s.client.Remove(name) })
}

// Rename is SSH_FXP_RENAME, which OpenSSH refuses if the target exists: for files it
// makes a hard link and removes the old name.
func (s *Session) Rename(from, to string) error {
	return s.Ask("RENAME", from+" "+to, func() error { return s.client.Rename(from, to) })
}

func (s *Session) Truncate(name string, size int64) error {
	return s.Ask("TRUNCATE", name+" "+strconv.FormatInt(size, 10), func() error { return s.client.Truncate(name, size) })
}

func (s *Session) Space(name string) (v *sftp.StatVFS, err error) {
	err = s.Ask("STATVFS", name, func() error {
		v, err = s.client.StatVFS(name)
		return given(v != nil, err)
	})
	return v, err
}

// Open opens a file with the flags of package os.
func (s *Session) Open(name string, flags int) (f *sftp.File, err error) {
	err = s.Ask("OPEN", name+" "+modeName(flags), func() error {
		f, err = s.client.OpenFile(name, flags)
		return given(f != nil, err)
	})
	return f, err
}

func modeName(flags int) string {
	switch {
	case flags&os.O_EXCL != 0:
		return "create"
	case flags&os.O_TRUNC != 0:
		return "truncate"
	case flags&os.O_WRONLY != 0:
		return "write"
	}
	return "read"
}

// File translates what the server says of an entry, with its name for a path.
func File(info fs.FileInfo) (providers.File, error) {
	attributes, ok := info.Sys().(*sftp.FileStat)
	if !ok || attributes.Mode&formatBits == 0 {
		return providers.File{}, fmt.Errorf("the server reports no type for %q: %w", info.Name(), providers.ErrListing)
	}
	f := providers.File{Path: info.Name(), Kind: kind(info.Mode())}
	if attributes.Mtime != 0 {
		f.ModTime = time.Unix(int64(attributes.Mtime), 0).UTC()
	}
	if f.Kind == providers.Regular {
		f.Size = info.Size()
	}
	if f.Size < 0 {
		return providers.File{}, fmt.Errorf("the server reports an impossible size for %q: %w", info.Name(), providers.ErrListing)
	}
	return f, nil
}

// formatBits are S_IFMT: the type of an entry among its permissions.
const formatBits = 0o170000

func kind(mode fs.FileMode) providers.Kind {
	switch mode.Type() {
	case 0:
		return providers.Regular
	case fs.ModeDir:
		return providers.Dir
	case fs.ModeSymlink:
		return providers.Link
	}
	return providers.Other
}
