package ftptest

import (
	"io/fs"
	"net"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// Quirk is one way in which some server differs from all others.
type Quirk string

// What the in-process server can be asked to do. The first five were seen on
// real servers, the others reported of them.
const (
	EmptyHasNoSize Quirk = "empty-has-no-size" // SIZE of an empty file is "213 File status" (ftp-srv)
	LinksAsTargets Quirk = "links-as-targets"  // a link is listed, and acted on, as what it points to (ftp-srv, Twisted)
	MakesAgain     Quirk = "makes-again"       // MKD of a folder that is there succeeds (goftp, ftp-srv)
	RemovesAll     Quirk = "removes-all"       // RMD removes a folder with all that is in it (goftp)
	OldPassive     Quirk = "odd-pasv"          // the address in the reply to PASV has no brackets, and EPSV is refused

	UpperListings Quirk = "upper-listings" // listings show all names in upper case
	EmptyListings Quirk = "empty-listings" // listings show nothing
	StaysInFolder Quirk = "stays"          // nothing can be renamed into another folder
	NoRename      Quirk = "no-rename"      // nothing can be renamed
	NoDelete      Quirk = "no-delete"      // nothing can be deleted
	DeadEPSV      Quirk = "dead-epsv"      // the port that EPSV names is closed; PASV works
	AheadClock    Quirk = "ahead-clock"    // its clock is three hours ahead
)

// FtpSrv is what ftp-srv 4.6 of npm does, as measured in make matrix.
func FtpSrv() Options {
	return Options{DisableMLSD: true, RestEmpties: true, NoHash: true, Quirks: []Quirk{EmptyHasNoSize, LinksAsTargets, MakesAgain}}
}

func (o Options) has(q Quirk) bool { return slices.Contains(o.Quirks, q) }

var (
	passivePort    = regexp.MustCompile(`^229 .*\(\|\|\|\d+\|\)`)
	passiveAddress = regexp.MustCompile(`^227 .*\(([\d,]+)\)`)
)

// closedPort is one that nothing listens on: 1 is not handed out.
const closedPort = "229 Entering Extended Passive Mode (|||1|)"

// odd changes a reply. It gets what the server writes in one go, which is one
// reply.
func (o Options) odd(reply string) string {
	switch {
	case strings.HasPrefix(reply, " %s"): // ftpserverlib forgets to format the lines of STAT
		return " " + strings.TrimPrefix(reply, " %s")
	case o.has(EmptyHasNoSize) && reply == "213 0\r\n":
		return "213 File status\r\n"
	case o.has(DeadEPSV) && passivePort.MatchString(reply):
		return passivePort.ReplaceAllString(reply, closedPort)
	case o.has(OldPassive) && strings.HasPrefix(reply, "229 "):
		return "500 EPSV not understood\r\n"
	case o.has(OldPassive) && passiveAddress.MatchString(reply):
		return passiveAddress.ReplaceAllString(reply, "227 Entering Passive Mode $1")
	}
	return reply
}

// oddDoor is a control connection whose replies are changed.
type oddDoor struct {
	net.Conn
	odd func(string) string
}

func (d *oddDoor) Write(p []byte) (int, error) {
	if _, err := d.Conn.Write([]byte(d.odd(string(p)))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// quirky is a disk on which some things go otherwise.
type quirky struct {
	disk
	options Options
}

func (q quirky) ReadDir(name string) ([]fs.FileInfo, error) {
	files, err := q.disk.ReadDir(name)
	for i, f := range files {
		if q.options.has(UpperListings) {
			files[i] = renamed{f, strings.ToUpper(f.Name())}
		}
		if q.options.has(AheadClock) {
			files[i] = ahead{files[i]}
		}
		if q.options.has(LinksAsTargets) && f.Mode()&os.ModeSymlink != 0 {
			if target, err := q.Fs.Stat(path.Join(name, f.Name())); err == nil {
				files[i] = renamed{target, f.Name()}
			}
		}
	}
	if q.options.has(EmptyListings) {
		files = nil
	}
	return files, err
}

func (q quirky) Stat(name string) (os.FileInfo, error) {
	info, err := q.disk.Stat(name)
	if err == nil && q.options.has(AheadClock) {
		info = ahead{info}
	}
	return info, err
}

// LstatIfPossible implements afero.Lstater.
func (q quirky) LstatIfPossible(name string) (os.FileInfo, bool, error) {
	if q.options.has(AheadClock) {
		info, err := q.Stat(name)
		return info, true, err
	}
	if q.options.has(LinksAsTargets) {
		info, err := q.Fs.Stat(name)
		return info, true, err
	}
	return q.Fs.(afero.Lstater).LstatIfPossible(name)
}

func (q quirky) Mkdir(name string, perm os.FileMode) error {
	if q.options.has(MakesAgain) {
		return q.Fs.MkdirAll(name, perm)
	}
	return q.disk.Mkdir(name, perm)
}

func (q quirky) Rename(from, to string) error {
	if q.options.has(NoRename) || q.options.has(StaysInFolder) && path.Dir(path.Clean(from)) != path.Dir(path.Clean(to)) {
		return &os.PathError{Op: "rename", Path: from, Err: syscall.EXDEV}
	}
	return q.disk.Rename(from, to)
}

func (q quirky) Remove(name string) error {
	if q.options.has(NoDelete) {
		return &os.PathError{Op: "remove", Path: name, Err: syscall.EPERM}
	}
	return q.disk.Remove(name)
}

func (q quirky) RemoveDir(name string) error {
	switch {
	case q.options.has(NoDelete):
		return &os.PathError{Op: "rmdir", Path: name, Err: syscall.EPERM}
	case q.options.has(RemovesAll):
		return q.Fs.RemoveAll(name)
	}
	return q.disk.RemoveDir(name)
}

// ahead is a file whose time was written down by a clock that is three hours ahead.
type ahead struct{ fs.FileInfo }

func (a ahead) ModTime() time.Time { return a.FileInfo.ModTime().Add(3 * time.Hour) }

type renamed struct {
	fs.FileInfo
	name string
}

func (r renamed) Name() string { return r.name }
