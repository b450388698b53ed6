package ftptest

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// vsftpd runs for anonymous only, because its users are those of the system.
// As any other than root it cannot change its root, so it never does here.
var vsftpd = RealServer{
	Name:      "vsftpd",
	Modes:     []TLS{Off, Explicit, Implicit},
	Anonymous: true,
	Facts: Facts{
		Resume: true, ResumesInside: true, EPSV: true, SetTime: "MDTM",
		ListAll: true, ListHidesDotFiles: true, MissingListsEmpty: true, FullTold: "dial",
	},
	asksClients: true,

	program: "usr/sbin/vsftpd",
	command: vsftpdCommand,
	path:    asOnDisk,
	refused: func(o RealOptions) string {
		return cmp.Or(wish(o.HiddenStores, "HiddenStores"), wish(o.QuotaMB > 0, "a quota"), wish(o.ListLimit > 0, "a limit of entries"))
	},
}

func vsftpdCommand(l launch) ([]string, error) {
	file := filepath.Join(l.home, "vsftpd.conf")
	err := write(file, vsftpdConfig(l))
	return []string{l.program, file}, err
}

func vsftpdConfig(l launch) string {
	lines := []string{
		"listen=YES", "listen_address=" + testserver.Host, "background=NO", "run_as_launching_user=YES",
		"anonymous_enable=YES", "local_enable=NO", "write_enable=YES",
		"ftp_username=nobody", // only looked up
		"anon_upload_enable=YES", "anon_mkdir_write_enable=YES", "anon_other_write_enable=YES",
		"anon_world_readable_only=NO", "anon_umask=022", "mdtm_write=YES", "xferlog_enable=NO",
		"anon_root=" + l.root,
		fmt.Sprintf("listen_port=%d", l.port),
		fmt.Sprintf("pasv_min_port=%d", l.passive.First),
		fmt.Sprintf("pasv_max_port=%d", l.passive.Last),
		fmt.Sprintf("max_clients=%d", l.MaxClients),
		fmt.Sprintf("idle_session_timeout=%d", cmp.Or(seconds(l.IdleTimeout), 300)),
		"force_dot_files=" + yes(l.ForceDotFiles),
	}
	if l.TLS != Off {
		lines = append(lines, "ssl_enable=YES", "allow_anon_ssl=YES", "require_ssl_reuse=YES",
			"force_anon_logins_ssl=YES", "force_anon_data_ssl=YES", "implicit_ssl="+yes(l.TLS == Implicit),
			"rsa_cert_file="+l.cert(), "rsa_private_key_file="+l.key())
	}
	if l.NeedsClientCert {
		lines = append(lines, "require_cert=YES", "validate_cert=YES", "ca_certs_file="+l.file("client.pem"))
	}
	return strings.Join(lines, "\n") + "\n"
}

func yes(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}
