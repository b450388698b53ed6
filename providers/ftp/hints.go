package ftp

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// explain gives a failed dial its sentinel and its way out.
func (d *dialer) explain(err error) error {
	reply, replied := errors.AsType[*refusal](err)
	if errors.Is(err, providers.ErrLogin) && !(replied && demandsTLS(reply)) {
		return providers.WithHint(err, d.loginHint())
	}
	return providers.WithHint(&retry.Unreachable{Err: err}, d.dialHint(err))
}

func (d *dialer) loginHint() string {
	if d.reference.IsZero() {
		return fmt.Sprintf("No password is set for username %q. Set `password` to a reference: env(\"NAME\") or file(\"path\").", d.settings.user())
	}
	return fmt.Sprintf("Check `username` (%q) and the password, which came from %s.", d.settings.user(), d.reference)
}

func (d *dialer) dialHint(err error) string {
	var slow *expiry
	at, _ := errors.AsType[*step](err)
	reply, replied := errors.AsType[*refusal](err)
	way, viaProxy := errors.AsType[*proxy.Error](err)
	switch {
	case viaProxy:
		return way.Hint(d.settings.address())
	case replied && reply.many:
		return "The server accepts no more sessions. Lower `connections`, or stop other programs that use the account."
	case replied && demandsTLS(reply):
		return "The server demands TLS: remove mode = \"off\" from the tls block."
	case replied && at.name == "auth tls":
		return "The server does not offer TLS on this port. If it expects TLS from the first byte, set tls { mode = \"implicit\" }; " +
			"only on a network that you trust, set tls { mode = \"off\" }."
	case isTLSError(err):
		return d.tlsHint(err)
	case replied:
		return ""
	case at.name == "banner" && errors.As(err, new(*noFTP)):
		return fmt.Sprintf("The service at %s is not an FTP server: check `host` and `port`.", d.settings.address())
	case at.name == "banner" && errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("The server accepted the connection but sent nothing for %s (`timeouts.connect`). "+
			"If it expects TLS from the first byte, set tls { mode = \"implicit\" }.", d.waits.connect)
	case at.name == "connect" && retry.IsSlow(err):
		return fmt.Sprintf("No server answered at %s within %s (`timeouts.connect`): check `host` and `port`, and that a firewall allows the connection.",
			d.settings.address(), d.waits.connect)
	case errors.As(err, &slow):
		return slowHint(slow)
	}
	return fmt.Sprintf("Check `host` and `port` (%s), and that a firewall allows the connection.", d.settings.address())
}

// demandsTLS reads the words: vsftpd says it with the code of a bad login.
func demandsTLS(r *refusal) bool {
	words := strings.ToLower(r.text)
	return mentions(words, "ssl/tls required", "must use encryption", "tls required", "requires tls", "ssl required")
}

// hint is the way out of what went wrong in a session, or "".
func (d *dialer) hint(err error) string {
	reply, replied := errors.AsType[*refusal](err)
	slow, expired := errors.AsType[*expiry](err)
	way, viaProxy := errors.AsType[*proxy.Error](err)
	away, noWay := errors.AsType[*noData](err)
	switch {
	case retry.IsLocal(err): // what cannot be read here is no fault of the server
		return ""
	case noWay && !viaProxy:
		return d.dataHint(away)
	case viaProxy:
		return way.Hint(d.settings.address())
	case isTLSError(err):
		return d.tlsHint(err)
	case errors.Is(err, providers.ErrFull):
		return "Free space on the server or raise the quota of the account, then apply again."
	case replied && wantsResumption(reply):
		return resumptionHint
	case replied && reply.held:
		return fmt.Sprintf("Another process on the server has the file open: a lost session, a virus scanner or an indexer. vmxsync waited for %s (`timeouts.io`); the partial upload is kept, and the next apply resumes it.", d.waits.io)
	case replied && reply.code == 421 && reply.late:
		return "The server ended the session while a file was being uploaded. Some servers count a session as idle while data moves (ftp-srv of npm does): raise the idle limit of the server above the time that the largest file takes."
	case replied && reply.many:
		return "The server accepts no more sessions. Lower `connections`, or stop other programs that use the account."
	case replied && reply.code == 425:
		return "The data connection failed: check the passive ports of the server's firewall, or set epsv = false."
	case errors.As(err, new(*vanished)):
		return vanishedHint
	case errors.Is(err, errNoRoot):
		return fmt.Sprintf("The folder %s does not exist on the server: create it, or correct `root`.", d.settings.root())
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("Give %q permission to write, rename and delete below %q.", d.settings.user(), d.settings.root())
	case !replied && expired && slow.named != "":
		return slowHint(slow)
	case !replied && errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("No data was transferred for %s (`timeouts.io`), or no reply came within %s after the last byte (`timeouts.reply`).",
			d.waits.io, d.waits.reply)
	}
	return ""
}

// wantsResumption reads the words: FileZilla Server says 425, vsftpd 522.
func wantsResumption(r *refusal) bool {
	words := strings.ToLower(r.text)
	return r.code == 522 || (r.code == 425 || r.code == 431 || r.code == 534) && mentions(words, "resum", "tls session", "ssl session", "session reuse", "session not reused")
}

const resumptionHint = "The server requires each data connection to resume the TLS session of the control connection, but sent no session ticket or did not accept it. " +
	"Enable session tickets on the server (for TLS 1.2 also the session cache), or turn off the requirement: require_ssl_reuse=NO on vsftpd, \"Require TLS session resumption\" on FileZilla Server."

// slowHint says which wait it was, how long, and how to make it longer.
func slowHint(e *expiry) string {
	attribute := strings.TrimPrefix(e.named, "timeouts.")
	why := "No data was transferred for %s. If the server or the connection is that slow, raise %s: timeouts { %s = %q }."
	if e.named == replyTimeout {
		why = "The server did not confirm the upload within %s. If its disk is that slow, raise %s: timeouts { %s = %q }."
	}
	after := providers.Duration(e.after.Round(time.Millisecond))
	return fmt.Sprintf(why, after, e.named, attribute, 2*after)
}
