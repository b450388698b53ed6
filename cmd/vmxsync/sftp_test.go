package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vmxsync/vmxsync/providers/sftp/sftptest"
)

// TestSFTP goes all the way on sshd, plain and with a chroot, and on the server in this
// process.
func TestSFTP(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(t *testing.T) *sftptest.Server{
		"in-process": func(t *testing.T) *sftptest.Server { return sftptest.New(t, sftptest.Options{}) },
		"sshd":       func(t *testing.T) *sftptest.Server { return sftptest.NewReal(t, sftptest.RealOptions{}) },
		"chroot":     func(t *testing.T) *sftptest.Server { return sftptest.NewReal(t, sftptest.RealOptions{Chroot: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			testscript.Run(t, params(filepath.Join("testdata", "sftp"), nil, sftpEnv("NAS", server)))
		})
	}
}

func sftpEnv(name string, s *sftptest.Server) []string {
	return []string{
		name + "_HOST=" + s.Host, name + "_PORT=" + strconv.Itoa(s.Port), name + "_USER=" + s.User, name + "_PASSWORD=" + s.Password,
		name + "_KEY=" + filepath.ToSlash(s.KeyFile), name + "_DISK=" + filepath.ToSlash(s.Root), name + "_ROOT=" + s.Path,
		name + "_FINGERPRINT=" + s.Fingerprint(), name + "_KNOWN_HOSTS=" + strings.TrimSpace(s.KnownHosts()),
	}
}

func sftpserverVerb(ts *testscript.TestScript, neg bool, args []string) {
	o := sftptest.Options{}
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "disk":
			o.Root = ts.MkAbs(value)
			ts.Check(os.MkdirAll(o.Root, 0o777))
		case "forward":
			o.Forward = value == "on"
		default:
			ts.Fatalf("sftpserver has no option %q", name)
		}
	}
	server, err := sftptest.Start(o)
	ts.Check(err)
	ts.Defer(func() { server.Close() })
	for _, pair := range sftpEnv(args[0], server) {
		name, value, _ := strings.Cut(pair, "=")
		ts.Setenv(name, value)
	}
}
