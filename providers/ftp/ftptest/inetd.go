package ftptest

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// inetutils is GNU inetutils-ftpd: no MLSD, LIST takes its argument for a
// pattern and for options, and what is beyond the 511th byte of a line is the
// next command.
var inetutils = RealServer{
	Name:      "inetutils",
	Modes:     []TLS{Off},
	NeedsRoot: true, // before it opens a port, it becomes root again
	Facts:     Facts{Resume: true, ResumesInside: true, EPSV: true, ListAll: true, MissingListsEmpty: true, PartsWithDownload: true},

	program: "usr/sbin/ftpd",
	command: func(l launch) ([]string, error) { return inetdCommand(l, nil) },
	path:    asOnDisk,
	refused: refusedByInetd,
}

// netkit is linux-ftpd, the old server of Linux distributions: as inetutils,
// and without FEAT. It takes any password.
var netkit = RealServer{
	Name:  "netkit",
	Modes: []TLS{Off},
	Facts: Facts{Resume: true, ResumesInside: true, EPSV: true, ListAll: true, MissingListsEmpty: true, PartsWithDownload: true},

	program: "usr/sbin/in.ftpd",
	command: netkitCommand,
	path:    asOnDisk,
	refused: refusedByInetd,
}

func refusedByInetd(o RealOptions) string {
	return cmp.Or(wish(o.ForceDotFiles, "ForceDotFiles"), wish(o.HiddenStores, "HiddenStores"), wish(o.QuotaMB > 0, "a quota"),
		wish(o.MaxClients > 0, "a limit of clients"), wish(o.ListLimit > 0, "a limit of entries"))
}

//go:embed inetd_server.py
var inetdScript string

// inetdCommand has python3 listen, and start l.program for each session with
// more in its environment. The account is in files of our own, which
// libnss_wrapper shows it as /etc/passwd, /etc/group and /etc/shadow.
func inetdCommand(l launch, more map[string]string) ([]string, error) {
	script, program := l.file("inetd.py"), l.file("ftpd")
	err := errors.Join(
		write(script, inetdScript),
		write(l.file("passwd"), fmt.Sprintf("%s:%s:%d:%d::%s:/bin/sh\n", account, passwordHash, os.Getuid(), os.Getgid(), l.root)),
		write(l.file("group"), fmt.Sprintf("%s:x:%d:\n", account, os.Getgid())),
		write(l.file("shadow"), fmt.Sprintf("%s:%s:19000:0:99999:7:::\n", account, passwordHash)),
		testserver.Patch(l.program, program, "/var/log/wtmp", "/nowhere/wtmp"), // or each login would be noted in this machine's
		os.Chmod(program, 0o700),
	)
	wrapper, found := l.library("libnss_wrapper.so")
	env := map[string]string{
		"LD_PRELOAD":         wrapper,
		"NSS_WRAPPER_PASSWD": l.file("passwd"), "NSS_WRAPPER_GROUP": l.file("group"), "NSS_WRAPPER_SHADOW": l.file("shadow"),
	}
	for name, value := range more {
		env[name] = value
	}
	argv := []string{program, "-u", "022"}
	if l.IdleTimeout > 0 {
		argv = append(argv, "-t", strconv.Itoa(seconds(l.IdleTimeout)))
	}
	options, jsonErr := json.Marshal(map[string]any{"host": testserver.Host, "port": l.port, "argv": argv, "env": env})
	python := filepath.Join(l.tree, "usr/bin/python3")
	return []string{python, "-B", "-s", "-S", script, string(options)}, errors.Join(err, found, jsonErr)
}

// netkitCommand gives netkit a PAM that reads its rules in the server's own
// folder, where a session begins: the path is a constant of libpam. pam_ftp is
// the only module of today that asks for the password as netkit wants it, in
// the reply to USER.
func netkitCommand(l launch) ([]string, error) {
	lib, found := l.library("libpam.so.0")
	if found != nil {
		return nil, found
	}
	rules := "auth required pam_ftp.so users=" + account + "\nauth required pam_permit.so\n" +
		"account required pam_permit.so\nsession required pam_permit.so\n"
	err := errors.Join(
		os.MkdirAll(l.file("lib"), 0o700), os.MkdirAll(l.file("pam.d"), 0o700),
		testserver.Patch(lib, l.file("lib/libpam.so.0"), "/etc/pam.d", ".////pam.d"),
		write(l.file("pam.d/ftp"), rules), write(l.file("pam.d/other"), rules),
	)
	if err != nil {
		return nil, err
	}
	return inetdCommand(l, map[string]string{"LD_LIBRARY_PATH": l.file("lib") + ":" + l.libraries()})
}

// library is the path of a shared library in the tree.
func (l launch) library(name string) (string, error) {
	for _, dir := range filepath.SplitList(l.libraries()) {
		if p := filepath.Join(dir, name); exists(p) {
			return p, nil
		}
	}
	return "", fmt.Errorf("%s is not among the fetched packages", name)
}

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}
