package shown

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/session"
)

// All stands in front of the path where LIST hides what begins with a dot.
const All = "-a "

// Parse reads what the library has listed: by MLSD where the server has it, else by LIST.
func Parse(ss *command.Session, raw []byte) ([]providers.File, error) {
	if ss.Has(command.MLST) {
		return listing.Parse(raw, listing.MLSD)
	}
	return listing.Parse(raw, lines())
}

// lines reads lines of LIST. Their times have no year, and are read by our clock.
func lines() func(line string) (providers.File, error) {
	now := time.Now()
	return func(line string) (providers.File, error) { return listing.LIST(line, now) }
}

// ByList lists by LIST.
func ByList(ss *command.Session, option, dir string) (Folder, error) {
	raw, err := ss.Listing(ss.Lister, option, dir)
	if err != nil {
		return Folder{}, err
	}
	entries, err := listing.Parse(raw, lines())
	if err != nil {
		return Folder{}, listing.ErrNotUnderstood
	}
	return New(entries), nil
}

// ByListAll lists by LIST -a. A server that does not show the directory itself
// has taken -a for a part of the path.
func ByListAll(ss *command.Session, dir string) (Folder, error) {
	f, err := ByList(ss, All, dir)
	if err == nil && f.Entries == len(f.Files) {
		err = listing.ErrNotUnderstood
	}
	return f, err
}

// ByNames lists by NLST. Some servers put the directory before each name.
func ByNames(ss *command.Session, dir string) (Folder, error) {
	raw, err := ss.ListFolder(dir, "NLST", func(argument string) error {
		_, err := ss.Library.NameList(argument)
		return err
	})
	if err != nil {
		return Folder{}, err
	}
	entries, err := listing.Parse(raw, func(line string) (providers.File, error) {
		return providers.File{Path: path.Base(line), Kind: providers.Dir}, nil
	})
	return New(entries), err
}

// ByStatus lists by STAT, in the way that is given: the entries are sorted by name.
// ProFTPD puts a blank before each line.
func ByStatus(ss *command.Session, dir string, way int32) (Folder, error) {
	raw, end, err := ss.StatusOf(dir, way)
	if errors.Is(err, wire.ErrStatusTooLong) {
		ss.Server.RefuseStatus()
		return Folder{}, session.Again(err)
	}
	if err != nil {
		return Folder{}, err
	}
	return Status(ss, raw, end, way)
}

// Status reads the lines inside a reply to STAT, whose last line has that text.
func Status(ss *command.Session, raw []byte, end string, way int32) (Folder, error) {
	read := lines()
	entries, err := listing.Parse(raw, func(line string) (providers.File, error) {
		f, err := read(strings.TrimPrefix(line, " "))
		if ss.Has(command.MLST) {
			f.ModTime = time.Time{}
		}
		return f, err
	})
	if err != nil {
		return Folder{}, err
	}
	f := New(entries)
	f.Bytes, f.End = len(raw), end
	if ss.StatusWay == way && end != ss.StatusEnd { // a name with a line break can end the reply
		return Folder{}, fmt.Errorf("the reply to STAT ends with %q, not with %q: %w", end, ss.StatusEnd, providers.ErrListing)
	}
	var twice *providers.PartialListing
	if f.Files, twice = Distinct(f.Files); twice != nil {
		return Folder{}, twice
	}
	return f, nil
}

// ListsByStatus reports whether the session has proven that it lists folders by STAT.
func ListsByStatus(ss *command.Session) bool {
	return ss.StatusWay == command.StatusPlain || ss.StatusWay == command.StatusAll
}
