package facts

import (
	"crypto/tls"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/tree"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/folder"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// Account is what the facts are asked of.
type Account struct {
	Root    string
	Folders *folder.Lister
	// LinksHidden reports whether a link may be listed as what it points to.
	LinksHidden func() bool
}

// Find asks in one session what the server offers, and tries what no server
// says: whether the ports that EPSV and PASV name are open, whether data
// connections resume the TLS session,
// and how the MKD of a folder is refused that is there already (the root).
func Find(a Account, ss *command.Session) ([]providers.Fact, error) {
	var facts []providers.Fact
	for _, find := range []func(Account, *command.Session) (providers.Fact, error){
		system, encryption, passive, reuse, listings, dotNames, links, mkdir, restart, hashes, spelling,
	} {
		f, err := find(a, ss)
		if err != nil {
			return nil, deadPort(facts, err)
		}
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	return facts, nil
}

// answer is what the server says to a command, "" where it refuses.
func answer(s *command.Session, format string, args ...any) (string, error) {
	text, err := s.Say(2, format, args...)
	if wire.Answered(err) && !wire.Transient(err) {
		return "", nil
	}
	return providers.Escape(s.Dialer.Redact(text)), err
}

func system(_ Account, ss *command.Session) (providers.Fact, error) {
	text, err := answer(ss, "SYST")
	return providers.Fact{Name: "system", Value: text}, err
}

func encryption(_ Account, ss *command.Session) (providers.Fact, error) {
	state, secured := wire.ControlTLS(ss.Session)
	if !secured {
		return providers.Fact{Name: "tls", Value: "off", Note: "password and backups are sent unencrypted", Less: true}, nil
	}
	return providers.Fact{Name: "tls", Value: tls.VersionName(state.Version)}, nil
}

// reuse looks at a data connection of a listing.
func reuse(a Account, ss *command.Session) (providers.Fact, error) {
	if _, err := command.Folder(ss, a.Root); err != nil {
		return providers.Fact{}, tree.Rootless(err)
	}
	_, err := ss.Library.List(a.Root)
	state, secured := wire.DataTLS(ss.Session)
	if err := ss.Transferred(err); err != nil && (!wire.Answered(err) || wire.Transient(err)) {
		return providers.Fact{}, err
	}
	switch {
	case !secured:
		return providers.Fact{}, nil
	case state.DidResume:
		return providers.Fact{Name: "tls-sessions", Value: "resumed by data connections"}, nil
	}
	return providers.Fact{Name: "tls-sessions", Value: "not resumed", Note: "every data connection needs a full TLS handshake, which is slower", Less: true}, nil
}

func listings(a Account, ss *command.Session) (providers.Fact, error) {
	if ss.Has(command.MLST) {
		return providers.Fact{Name: "listings", Value: "MLSD"}, nil
	}
	return providers.Fact{
		Name: "listings", Value: "LIST",
		Note: "times have no time zone, and old ones no time of day: an unmarked set counts as finished one day after its newest file",
		Less: true,
	}, nil
}

func dotNames(a Account, ss *command.Session) (providers.Fact, error) {
	option, err := a.Folders.Option(ss)
	f := providers.Fact{Name: "dot-names", Value: "listed"}
	switch {
	case option == shown.All:
		f.Value = "listed by LIST -a"
	case !ss.Has(command.MLST) && a.Folders.MayHideDots():
		f.Value, f.Less = "unknown whether they are listed", true
		f.Note = "sets that contain such a name are refused; the work folder is used by its path and works anyway"
	}
	return f, err
}

func links(a Account, ss *command.Session) (providers.Fact, error) {
	if !a.LinksHidden() {
		return providers.Fact{Name: "links", Value: "distinguished from their targets, and never followed"}, nil
	}
	return providers.Fact{
		Name: "links", Value: "none seen yet",
		Note: "until the server lists a link as a link, trust_unmarked ignores sets with sub-folders, and sets whose files look identical",
		Less: true,
	}, nil
}

// mkdir changes nothing: the root is proven to be there.
func mkdir(a Account, ss *command.Session) (providers.Fact, error) {
	f := providers.Fact{Name: "mkd", Value: "accepted for an existing folder", Note: "two clients that create the same folder both get a success", Less: true}
	err := ss.MakeFolder(a.Root)
	if !wire.Answered(err) || wire.Transient(err) {
		return f, err
	}
	code, _ := ss.LastReply()
	f.Value = fmt.Sprintf("refused with %d for an existing folder", code)
	f.Less = false
	f.Note = "the same reply may mean a missing parent or a missing permission: vmxsync checks with CWD"
	return f, nil
}

// restart asks the servers that have no FEAT, or leave REST out of it.
func restart(_ Account, ss *command.Session) (providers.Fact, error) {
	if ss.Has("REST") {
		return providers.Fact{Name: "resume", Value: "REST offered"}, nil
	}
	_, err := ss.Say(350, "REST 0")
	if err == nil {
		return providers.Fact{Name: "resume", Value: "REST accepted"}, nil
	}
	if !wire.Answered(err) || wire.Transient(err) {
		return providers.Fact{}, err
	}
	return providers.Fact{Name: "resume", Value: "REST not offered", Note: "uploads cannot be resumed: an interrupted file is sent again from its beginning", Less: true}, nil
}

// hashCommands are the ways to ask for the sum of a file.
var hashCommands = []string{"HASH", "XSHA512", "XSHA256", "XSHA1", "XSHA", "XMD5", "XCRC", "MD5"}

func hashes(_ Account, ss *command.Session) (providers.Fact, error) {
	var offered []string
	for _, command := range hashCommands {
		if ss.Has(command) {
			offered = append(offered, strings.TrimSpace(command+" "+ss.Feature(command)))
		}
	}
	if offered == nil {
		return providers.Fact{Name: "sums", Value: "not offered", Note: "only sizes are compared", Less: true}, nil
	}
	return providers.Fact{Name: "sums", Value: providers.Escape(strings.Join(offered, ", "))}, nil
}

func spelling(_ Account, ss *command.Session) (providers.Fact, error) {
	if ss.Has("UTF8") {
		return providers.Fact{Name: "utf8", Value: "offered"}, nil
	}
	return providers.Fact{Name: "utf8", Value: "not offered", Note: "vmxsync sends UTF-8 anyway; see the rule names-unicode", Less: true}, nil
}
