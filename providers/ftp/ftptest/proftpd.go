package ftptest

import (
	"cmp"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

var proFTPD = RealServer{
	Name:  "proftpd",
	Modes: []TLS{Off, Explicit, Implicit},
	Facts: Facts{
		MLSD: true, Hash: true, Resume: true, ResumesInside: true, EPSV: true, SetTime: "MFMT",
		ListAll: true, ListHidesDotFiles: true, FullTold: "login",
	},
	asksClients: true,

	program: "usr/sbin/proftpd",
	command: proFTPDCommand,
	path:    asOnDisk,
	refused: func(o RealOptions) string {
		return cmp.Or(wish(o.ForceDotFiles, "ForceDotFiles"), wish(o.QuotaMB > 0, "a quota"))
	},
}

func proFTPDCommand(l launch) ([]string, error) {
	users := fmt.Sprintf("%s:%s:%d:%d::%s:/bin/sh\n", account, passwordHash, os.Getuid(), os.Getgid(), l.root)
	if err := write(l.file("passwd"), users); err != nil {
		return nil, err
	}
	identity, err := proFTPDIdentity()
	if err != nil {
		return nil, err
	}
	file := l.file("proftpd.conf")
	err = write(file, proFTPDConfig(l)+identity)
	return []string{l.program, "--nodaemon", "--quiet", "--config", file}, err
}

func proFTPDConfig(l launch) string {
	lines := []string{
		"ServerType standalone", "ServerName ftptest", "DefaultAddress " + testserver.Host, "SocketBindTight on",
		"UseIPv6 off", "UseReverseDNS off", "ControlsEngine off", "DelayTable none", "WtmpLog off", "TransferLog none",
		"AuthOrder mod_auth_file.c", "RequireValidShell off", "RootLogin on",
		"AllowOverwrite on", "AllowStoreRestart on", "AllowRetrieveRestart on",
		"ModulePath " + filepath.Join(l.tree, "usr/lib/proftpd"), "LoadModule mod_tls.c", "LoadModule mod_digest.c",
		"PidFile " + l.file("pid"), "ScoreboardFile " + l.file("score"), "SystemLog " + l.file("log"),
		"AuthUserFile " + l.file("passwd"),
		fmt.Sprintf("Port %d", l.port),
		"PassivePorts " + l.passive.Join(" "),
	}
	if l.HiddenStores {
		lines = append(lines, "HiddenStores on")
	}
	if l.MaxClients > 0 {
		lines = append(lines, fmt.Sprintf("MaxClients %d", l.MaxClients))
	}
	if l.ListLimit > 0 {
		lines = append(lines, fmt.Sprintf(`ListOptions "" maxfiles %d`, l.ListLimit))
	}
	if l.IdleTimeout > 0 {
		lines = append(lines, fmt.Sprintf("TimeoutIdle %d", seconds(l.IdleTimeout)))
	}
	return strings.Join(append(lines, proFTPDTLS(l)...), "\n") + "\n"
}

func proFTPDTLS(l launch) []string {
	if l.TLS == Off {
		return nil
	}
	lines := []string{
		"TLSEngine on", "TLSRequired on", "TLSLog " + l.file("tls.log"),
		"TLSRSACertificateFile " + l.cert(), "TLSRSACertificateKeyFile " + l.key(),
	}
	if l.TLS == Implicit {
		lines = append(lines, "TLSOptions UseImplicitSSL")
	}
	if !l.NeedsClientCert {
		return append(lines, "TLSVerifyClient off")
	}
	return append(lines, "TLSVerifyClient on", "TLSCACertificateFile "+l.file("client.pem"))
}

// proFTPDIdentity tells ProFTPD to stay who it is, or it wants to be root.
func proFTPDIdentity() (string, error) {
	u, err := user.LookupId(strconv.Itoa(os.Getuid()))
	if err != nil {
		return "", err
	}
	g, err := user.LookupGroupId(strconv.Itoa(os.Getgid()))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("User %s\nGroup %s\n", u.Username, g.Name), nil
}
