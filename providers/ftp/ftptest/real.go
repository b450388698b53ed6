package ftptest

import (
	"fmt"
	"os"
)

// Real lists the real servers; with VMXSYNC_MATRIX, as in make matrix, also
// those that not every machine can have.
func Real() []RealServer {
	all := []RealServer{vsftpd, pureFTPd, proFTPD, pyftpdlib, twisted, inetutils, netkit, goftp}
	if os.Getenv("VMXSYNC_MATRIX") != "" {
		all = append(all, ftpSrv)
	}
	return all
}

// RealFor lists the real servers that a test runs on: all, or, of a thin test, two
// that between them have both kinds of listing, TLS with its session resumed, and
// names below dots that LIST hides.
func RealFor(thin bool) []RealServer {
	if thin {
		return []RealServer{vsftpd, proFTPD}
	}
	return Real()
}

func find(name string) (RealServer, error) {
	for _, r := range Real() {
		if r.Name == name {
			return r, nil
		}
	}
	return RealServer{}, fmt.Errorf("no real server is called %q", name)
}
