package ftptest

import (
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest/disk"
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

// disk is what of the options is about files.
func (o Options) disk() disk.Options {
	return disk.Options{
		FilesRenameOnly: o.FilesRenameOnly, RestEmpties: o.RestEmpties, Room: o.Room,
		LinksAsTargets: o.has(LinksAsTargets), MakesAgain: o.has(MakesAgain), RemovesAll: o.has(RemovesAll),
		UpperListings: o.has(UpperListings), EmptyListings: o.has(EmptyListings), AheadClock: o.has(AheadClock),
		StaysInFolder: o.has(StaysInFolder), NoRename: o.has(NoRename), NoDelete: o.has(NoDelete),
	}
}
