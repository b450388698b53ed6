package ftptest

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"slices"
	"time"
)

// RealOptions are the wishes for a real server. A wish that the server cannot
// grant is an error of StartReal, so that no test passes on it by accident.
type RealOptions struct {
	TLS    TLS
	MaxTLS uint16 // tls.VersionTLS12, or 0 for TLS 1.3 as well

	Expired         bool // the certificate of the server is
	NeedsClientCert bool // that of Server.ClientCert

	Root string // an existing folder; "" for a temporary one
	Port int    // 0 for a free one

	MaxClients    int           // sessions; 0: no limit
	IdleTimeout   time.Duration // whole seconds, rounded up; 0: as the server likes
	ForceDotFiles bool          // vsftpd lists names that begin with a dot
	HiddenStores  bool          // ProFTPD stores NAME as .in.NAME. until the upload has ended
	QuotaMB       int           // Pure-FTPd refuses more; 0: no quota
	ListLimit     int           // entries after which a listing is cut; 0: as the server likes
}

// Facts are what real servers do differently from each other.
type Facts struct {
	MLSD              bool   // and MLST
	Hash              bool   // HASH, XCRC, XMD5, XSHA
	Resume            bool   // REST before STOR, with the size of the file
	ResumesInside     bool   // the same with less than its size
	EPSV              bool   // else PASV only
	SetTime           string // the command that sets a modification time, or ""
	RestEmpties       bool   // REST before STOR is accepted, and empties the file
	MakesAgain        bool   // MKD of a folder that is there succeeds
	ListAll           bool   // LIST -a PATH lists; else it is refused
	ListHidesDotFiles bool   // in a plain LIST
	ListLimit         int    // entries after which a listing is cut; 0: none
	MissingListsEmpty bool   // LIST of a missing directory is no error: no entries, or what ls says in their place
	PartsWithDownload bool   // a download that the client leaves may end the session
	FullTold          string // where one session too many is refused: "dial" (421), "login" (530), or "" if not limited
}

// RealServer is one of the servers that StartReal knows.
type RealServer struct {
	Name      string
	Modes     []TLS
	Anonymous bool // any user and password do
	NeedsRoot bool // to run at all
	Facts     Facts

	asksClients bool // for certificates, if told to
	optional    bool // it comes from a registry that not every machine has: in make matrix only, and never required

	program string                          // inside the tree of fetched packages
	command func(launch) ([]string, error)  // writes what the server needs into its home
	path    func(root string) string        // how a client names the root
	account int                             // the uid that its files belong to; 0: the caller's
	refused func(RealOptions) (wish string) // one that this server cannot grant, or ""
}

// Grants reports whether the server can be run with o.
func (r RealServer) Grants(o RealOptions) bool { return r.refuse(o) == nil }

// refuse is an error that names the wish which this server cannot grant.
func (r RealServer) refuse(o RealOptions) error {
	asked := cmp.Or(r.refusedTLS(o), r.refused(o))
	if asked == "" {
		return nil
	}
	return fmt.Errorf("%s cannot be run with %s", r.Name, asked)
}

func (r RealServer) refusedTLS(o RealOptions) string {
	switch {
	case o.NeedsClientCert && !r.asksClients:
		return "NeedsClientCert"
	case o.TLS == Off && (o.Expired || o.NeedsClientCert):
		return "certificates without TLS"
	case !r.has(o.TLS):
		return string(o.TLS) + " TLS"
	case o.MaxTLS != 0 && o.MaxTLS != tls.VersionTLS12 && o.MaxTLS != tls.VersionTLS13:
		return "MaxTLS " + tls.VersionName(o.MaxTLS)
	}
	return ""
}

func (r RealServer) has(mode TLS) bool {
	return slices.Contains(r.Modes, mode)
}

// wish names a wish if it was made.
func wish(made bool, name string) string {
	if made {
		return name
	}
	return ""
}

func asOnDisk(root string) string { return root }
func asSlash(string) string       { return "/" }
