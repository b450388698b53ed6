package sftptest

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// NewProFTPD starts ProFTPD with mod_sftp and more lines of its configuration, which ends
// with the test. Where it cannot run, the test is skipped with the reason, or fails: see
// testserver.Refuse.
func NewProFTPD(t testing.TB, config ...string) *Server {
	t.Helper()
	tree, err := testserver.Packages()
	if err == nil {
		_, err = os.Stat(filepath.Join(tree, "usr/lib/proftpd/mod_sftp.so"))
	}
	if err != nil {
		testserver.Refuse(t, fmt.Errorf("mod_sftp not tested: %w", err))
	}
	s := &Server{Name: "proftpd"}
	err = s.prepare("", nil)
	if err == nil {
		err = s.startProFTPD(tree, config)
	}
	if err != nil {
		os.RemoveAll(s.home)
	}
	return running(t, s, err)
}

func (s *Server) startProFTPD(tree string, config []string) error {
	s.Path = s.Root
	port, release, err := testserver.FreePort()
	if err != nil {
		return err
	}
	s.Port = port
	lines, err := s.proFTPDConfig(tree)
	passwd := fmt.Sprintf("%s:%s:%d:%d::%s:/bin/sh\n", account, passwordHash, os.Getuid(), os.Getgid(), s.Root)
	err = errors.Join(err,
		os.WriteFile(s.file("proftpd.conf"), []byte(strings.Join(append(lines, config...), "\n")+"\n"), 0o600),
		os.WriteFile(s.file("passwd"), []byte(passwd), 0o600))
	if err != nil {
		return err
	}
	argv := []string{filepath.Join(tree, "usr/sbin/proftpd"), "--nodaemon", "--quiet", "--config", s.file("proftpd.conf")}
	s.again = func() error {
		return s.runProgram(argv, []string{"TZ=UTC0", "LC_ALL=C.UTF-8", "LD_LIBRARY_PATH=" + testserver.Libraries(tree)})
	}
	if err := s.again(); err != nil {
		release()
		return err
	}
	s.close = s.closeOnce(func() error {
		defer release()
		return s.process.Kill()
	})
	return nil
}

func (s *Server) proFTPDConfig(tree string) ([]string, error) {
	u, err := user.LookupId(strconv.Itoa(os.Getuid()))
	if err != nil {
		return nil, err
	}
	g, err := user.LookupGroupId(strconv.Itoa(os.Getgid()))
	if err != nil {
		return nil, err
	}
	return []string{
		"ServerType standalone", "ServerName sftptest", "DefaultAddress " + testserver.Host, "SocketBindTight on",
		"UseIPv6 off", "UseReverseDNS off", "ControlsEngine off", "DelayTable none", "WtmpLog off", "TransferLog none",
		"AuthOrder mod_auth_file.c", "RequireValidShell off", "RootLogin on", "AllowStoreRestart on",
		"ModulePath " + filepath.Join(tree, "usr/lib/proftpd"), "LoadModule mod_sftp.c",
		"PidFile " + s.file("pid"), "ScoreboardFile " + s.file("score"), "SystemLog " + s.file("log"),
		"AuthUserFile " + s.file("passwd"), "User " + u.Username, "Group " + g.Name, fmt.Sprintf("Port %d", s.Port),
		"SFTPEngine on", "SFTPLog " + s.file("sftp.log"), "SFTPHostKey " + s.file("host_ed25519"), "SFTPAuthMethods password",
	}, nil
}
