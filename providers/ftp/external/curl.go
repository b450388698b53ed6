package external

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// curl takes the URL, which holds username and password, from a configuration
// file, and everything else with it.
var curl = Method{
	program:      "curl",
	install:      "Debian: apt install curl; part of Windows",
	longestPath:  providers.MaxLine,
	longestLogin: 1000,
	login:        curlConfig,
	args: func(_ *wire.Dialer, loginFile, _ string) []string {
		return []string{"-q", "--config", loginFile} // -q has to be the first
	},
	meaning: curlMeaning,
}

// curlConfig is written so that curl does what a session would do.
func curlConfig(d *wire.Dialer, target string) string {
	w := d.Waits
	lines := []string{
		option("url", curlURL(d, target)),
		option("upload-file", "-"),
		option("proto", "=ftp,ftps"),
		option("noproxy", "*"),
		option("ftp-method", "nocwd"),
		option("connect-timeout", wholeSeconds(2*(w.Connect+w.IO))),
		option("speed-time", wholeSeconds(w.IO)),
		option("speed-limit", "1"),
		option("keepalive-time", wholeSeconds(time.Duration(d.Settings.Keepalive))),
		"ftp-skip-pasv-ip", "globoff", "silent", "show-error",
	}
	if !d.Settings.EPSV {
		lines = append(lines, "disable-epsv")
	}
	return strings.Join(append(lines, curlTLS(d)...), "\n") + "\n"
}

func curlTLS(d *wire.Dialer) []string {
	if d.TLS == nil {
		return nil
	}
	lines := append([]string{"ssl-reqd"}, curlVersion(d)...)
	t := d.Settings.TLS
	if t == nil {
		return lines
	}
	if t.CAFile != "" {
		lines = append(lines, option("cacert", t.CAFile))
	}
	if t.InsecureSkipVerify {
		lines = append(lines, "insecure")
	}
	if t.ServerName != "" {
		lines = append(lines, option("connect-to", "::"+d.Settings.Address()))
	}
	return lines
}

// curlVersion keeps curl from TLS 1.3 unless that is demanded: curl ends an
// upload with tickets unread, and vsftpd then loses what it has not read yet.
func curlVersion(d *wire.Dialer) []string {
	if d.TLS.MinVersion > tls.VersionTLS12 {
		return []string{"tlsv1.3"}
	}
	return []string{"tlsv1.2", option("tls-max", "1.2")}
}

// curlURL has the root of the server for its root: "/%2Fvm-backups/file".
// Where the certificate is for another name than the host, that name stands in
// the URL, and connect-to leads to the host.
func curlURL(d *wire.Dialer, target string) string {
	scheme, host := "ftp", strings.Trim(d.Settings.Host, "[]")
	if d.Settings.TLSMode() == account.Implicit {
		scheme = "ftps"
	}
	if d.TLS != nil {
		host = d.TLS.ServerName
	}
	return fmt.Sprintf("%s://%s:%s@%s/%%2F%s", scheme, percent(d.Settings.User()), percent(d.Password),
		net.JoinHostPort(host, strconv.Itoa(d.Settings.PortNumber())), percent(strings.TrimPrefix(target, "/")))
}

// percent encodes all but letters, digits and "-_.~". A blank is not "+" here.
func percent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// option is a line of curl's configuration file.
func option(name, value string) string {
	return fmt.Sprintf(`%s = "%s"`, name, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value))
}

// wholeSeconds rounds up, because 0 stands for no limit.
func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// curlReply is the code of a reply in what curl says, as "Access denied: 530" or
// "server did not report OK, got 451": of the server's words it tells no more.
var curlReply = regexp.MustCompile(`(?:: |got |Got a )([45][0-9]{2})\b`)

// unlikeOurs: a session of ours has reached the server just before.
const unlikeOurs = "curl cannot complete the TLS handshake with this server, which happens with some versions of curl. Update curl, set `tls.min_version` to \"1.3\" if the server offers no older version, or remove method from the transfer block."

// curlSaid421 is all that curl says of a 421. Of what took too long it says
// what that was.
const curlSaid421 = "Timeout was reached"

// curlMeaning knows the exit codes of curl, as "man curl" lists them.
func curlMeaning(code int, said []string) meaning {
	why := ""
	if len(said) > 0 {
		why = strings.TrimPrefix(said[len(said)-1], fmt.Sprintf("curl: (%d) ", code))
	}
	m := meaning{why: why, kind: curlRefusal(why)}
	if r, replied := errors.AsType[*wire.Refusal](m.kind); replied && code != 67 {
		if code == 8 || code == 18 {
			m.kind = afterData(r)
		}
		return m
	}
	if code == 28 && why == curlSaid421 {
		m.kind = wire.Refused(421, why)
		return m
	}
	reason := errors.New(why)
	switch code {
	case 67:
		m.kind = &wire.BadLogin{Reply: wire.Refused(530, why)}
	case 70:
		m.kind = providers.ErrFull
	case 6, 7:
		m.kind = &retry.Unreachable{Err: &wire.Step{Name: "connect", Err: reason}}
	case 35:
		m.kind = &retry.Unreachable{Err: &wire.Step{Name: "connect", Err: reason}}
		m.hint = unlikeOurs
	case 28:
		m.kind = &retry.Lost{Err: os.ErrDeadlineExceeded}
	case 13:
		m.kind = &retry.Lost{Err: reason}
		m.hint = unlikeOurs
	case 8, 10, 12, 14, 17, 18, 30, 52, 55, 56:
		m.kind = &retry.Lost{Err: reason}
	case 51, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91:
		m.kind = providers.ErrUnreachable
		m.hint = "curl does not trust the certificate of the server, although vmxsync does: set `tls.ca_file` to the server's certificate authority, or remove method from the transfer block."
	case 1, 2, 4, 48:
		m.hint = "This version of curl lacks a required feature: install a newer one that is built with FTP and TLS, or remove method from the transfer block."
	}
	return m
}

// curlRefusal is the refusal that a text of curl's tells, or nil.
func curlRefusal(why string) error {
	found := curlReply.FindStringSubmatch(why)
	if found == nil {
		return nil
	}
	code, _ := strconv.Atoi(found[1])
	r := wire.Refused(code, why)
	if r.Kind == nil && wire.RefusesPath(r) {
		r.Kind = fs.ErrPermission // the folder is there, and the name is free
	}
	return r
}
