package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/sftp/account"
)

// session is one SSH connection with one SFTP channel. One call at a time uses it;
// Discard may be called by any other goroutine.
type session struct {
	waits  account.Waits
	ssh    *ssh.Client
	client *sftp.Client
	close  func() // what is below: the connection, and that to a jump host
	watch  watch
	trace  *providers.SessionTrace
	hidden hidden

	broken  atomic.Bool
	expired atomic.Pointer[expiry]
	used    bool        // a call before this one
	heard   atomic.Bool // anything from the server in this call
}

// Usable reports whether another call may use the session.
func (s *session) Usable() bool { return !s.broken.Load() }

// Discard ends it at once.
func (s *session) Discard() {
	if !s.broken.Swap(true) {
		s.close()
	}
}

// Quit has nothing to say: SSH has no goodbye that is answered.
func (s *session) Quit(time.Duration) error { return nil }

// Close ends the channel, and the connection once the server has done the same.
func (s *session) Close(wait time.Duration) {
	late := time.AfterFunc(wait, s.Discard)
	defer late.Stop()
	s.client.Close()
	s.Discard()
}

// begin makes the session ready for a call.
func (s *session) begin() {
	s.heard.Store(false)
	s.watch.begin(s.waits.IO, ioTimeout)
}

// end is for the end of a call.
func (s *session) end() {
	s.used = true
	s.watch.end()
}

// reading watches the session while it waits for the bytes of a file, until idle.
func (s *session) reading() { s.watch.begin(s.waits.IO, ioTimeout) }

// idle ends the watch: the server owes nothing.
func (s *session) idle() { s.watch.end() }

// watched reports whether the session ends where nothing moves.
func (s *session) watched() bool {
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	return s.watch.timer != nil
}

// body is r, a body: while it is read, the server owes nothing.
func (s *session) body(r io.Reader) io.Reader { return s.watch.body(r) }

// note traces what a request is about to do.
func (s *session) note(text string) { s.trace.Sent(text) }

// patient lets the next request take longer: what was written may have to reach a disk.
func (s *session) patient(size int64) {
	s.watch.begin(s.waits.Reply+time.Duration(size/finalReplyRate)*time.Second, replyTimeout)
}

// finalReplyRate is the slowest disk that a server is expected to flush an upload to
// before it answers.
const finalReplyRate = 64 << 20 // bytes per second

// ask traces a request and turns what the library returned into this package's errors.
func (s *session) ask(verb, name string, request func() error) error {
	s.trace.Sent(verb + " " + name)
	err := s.fault(request())
	s.trace.Received(outcome(err))
	return err
}

func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return err.Error()
}

// fault turns what the library returned into a refusal, or into the loss of the session.
// A body that cannot be read is neither, nor is a listing that was given up, and what is
// Lost already has its own words.
func (s *session) fault(err error) error {
	if err == nil || err == io.EOF {
		s.heard.Store(true)
		return err
	}
	if retry.IsLocal(err) || retry.IsLost(err) || errors.Is(err, providers.ErrListing) {
		return err
	}
	if r, ok := answer(err); ok {
		s.heard.Store(true)
		r.text = s.hidden.text(r.text)
		return r
	}
	return s.lost(err)
}

func (s *session) lost(err error) error {
	s.Discard()
	if over := s.expired.Load(); over != nil {
		return &retry.Lost{Err: over}
	}
	if errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the server closed the connection")
	}
	return &retry.Lost{Err: s.hidden.error(err)}
}

// stale reports whether the server had given the session up before this call.
func (s *session) stale(err error) bool {
	return s.used && !s.heard.Load() && retry.IsLost(err) && s.expired.Load() == nil
}

// version is how the server has identified itself.
func (s *session) version() string { return string(s.ssh.ServerVersion()) }

// has reports whether the server offers an extension.
func (s *session) has(extension string) bool {
	_, ok := s.client.HasExtension(extension)
	return ok
}

// The extensions of OpenSSH that are used where they are offered (PROTOCOL, section 4).
const (
	statVFS = "statvfs@openssh.com"
	fsync   = "fsync@openssh.com"
)

// lstat describes one entry, with its name for a path. It follows no link at the end:
// where LSTAT may do so, a folder or a file is asked for what it leads to.
func (s *session) lstat(name string) (f providers.File, err error) {
	var info fs.FileInfo
	err = s.ask("LSTAT", name, func() error {
		info, err = s.client.Lstat(name)
		return described(info, err)
	})
	if err != nil {
		return f, err
	}
	f, err = file(info)
	if err != nil || s.tellsLinks() || f.Kind != providers.Dir && f.Kind != providers.Regular {
		return f, err
	}
	isLink, err := s.isLink(name)
	if isLink {
		f = providers.File{Path: f.Path, Kind: providers.Link}
	}
	return f, err
}

// tellsLinks reports whether LSTAT is known to follow no link: that of OpenSSH does not.
// That of ProFTPD's mod_sftp 1.3.8 does, while its listings show links.
func (s *session) tellsLinks() bool {
	return strings.HasPrefix(s.version(), "SSH-2.0-OpenSSH")
}

// isLink asks for the target of a link, which nothing else has.
func (s *session) isLink(name string) (bool, error) {
	target := ""
	err := s.ask("READLINK", name, func() (err error) {
		target, err = s.client.ReadLink(name)
		return given(target != "", err)
	})
	return err == nil && target != name, unlessAnswered(err)
}

// maxListing is more than any folder of backups has, in bytes.
const maxListing = 64 << 20

var errEndless = fmt.Errorf("more than %d MiB: %w", maxListing>>20, providers.ErrListing)

// readDir lists a directory: all of it, or nothing.
func (s *session) readDir(name string) (files []fs.FileInfo, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.watch.bound(maxListing, cancel)
	defer s.watch.bound(0, nil)
	err = s.ask("READDIR", name, func() error {
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

// isDirectory proves that a directory is at name, also behind a link.
func (s *session) isDirectory(name string) error {
	return s.ask("STAT", name, func() error {
		info, err := s.client.Stat(name)
		err = described(info, err)
		if err == nil && !info.IsDir() {
			err = &refusal{code: 19, text: codes[19], kind: fs.ErrNotExist}
		}
		return err
	})
}

func (s *session) mkdir(name string) error {
	return s.ask("MKDIR", name, func() error { return s.client.Mkdir(name) })
}

func (s *session) rmdir(name string) error {
	return s.ask("RMDIR", name, func() error { return s.client.RemoveDirectory(name) })
}

// unlink is REMOVE: the library has no call for that alone, and its Remove tries RMDIR
// where REMOVE is refused. The caller has seen that name is no directory.
func (s *session) unlink(name string) error {
	return s.ask("REMOVE", name, func() error { return s.client.Remove(name) })
}

// rename is SSH_FXP_RENAME, which OpenSSH refuses if the target exists: for files it
// makes a hard link and removes the old name.
func (s *session) rename(from, to string) error {
	return s.ask("RENAME", from+" "+to, func() error { return s.client.Rename(from, to) })
}

func (s *session) truncate(name string, size int64) error {
	return s.ask("TRUNCATE", name+" "+strconv.FormatInt(size, 10), func() error { return s.client.Truncate(name, size) })
}

func (s *session) space(name string) (v *sftp.StatVFS, err error) {
	err = s.ask("STATVFS", name, func() error {
		v, err = s.client.StatVFS(name)
		return given(v != nil, err)
	})
	return v, err
}

// open opens a file with the flags of package os.
func (s *session) open(name string, flags int) (f *sftp.File, err error) {
	err = s.ask("OPEN", name+" "+modeName(flags), func() error {
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

// file translates what the server says of an entry, with its name for a path.
func file(info fs.FileInfo) (providers.File, error) {
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
