package wire

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// explain gives a failed dial its sentinel and its way out.
func (d *Dialer) explain(err error) error {
	reply, replied := errors.AsType[*Refusal](err)
	if errors.Is(err, providers.ErrLogin) && !(replied && demandsTLS(reply)) {
		return providers.WithHint(err, d.LoginHint())
	}
	return providers.WithHint(&retry.Unreachable{Err: err}, d.DialHint(err))
}

// LoginHint is the way out of a refused login.
func (d *Dialer) LoginHint() string {
	if d.Settings.Password.IsZero() {
		return fmt.Sprintf("No password is set for username %q. Set `password` to a reference: env(\"NAME\") or file(\"path\").", d.Settings.User())
	}
	return fmt.Sprintf("Check `username` (%q) and the password, which came from %s.", d.Settings.User(), d.Settings.Password)
}

// DialHint is the way out of a dial that did not lead to a session, or "".
func (d *Dialer) DialHint(err error) string {
	var slow *Expiry
	at, _ := errors.AsType[*Step](err)
	reply, replied := errors.AsType[*Refusal](err)
	way, viaProxy := errors.AsType[*proxy.Error](err)
	switch {
	case viaProxy:
		return way.Hint(d.Settings.Address())
	case replied && reply.Many:
		return "The server accepts no more sessions. Lower `connections`, or stop other programs that use the account."
	case replied && demandsTLS(reply):
		return "The server demands TLS: remove mode = \"off\" from the tls block."
	case replied && at.Name == "auth tls":
		return "The server does not offer TLS on this port. If it expects TLS from the first byte, set tls { mode = \"implicit\" }; " +
			"only on a network that you trust, set tls { mode = \"off\" }."
	case IsTLSError(err):
		return d.TLSHint(err)
	case replied:
		return ""
	case at.Name == "banner" && errors.As(err, new(*noFTP)):
		return fmt.Sprintf("The service at %s is not an FTP server: check `host` and `port`.", d.Settings.Address())
	case at.Name == "banner" && errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("The server accepted the connection but sent nothing for %s (`timeouts.connect`). "+
			"If it expects TLS from the first byte, set tls { mode = \"implicit\" }.", d.Waits.Connect)
	case at.Name == "connect" && retry.IsSlow(err):
		return fmt.Sprintf("No server answered at %s within %s (`timeouts.connect`): check `host` and `port`, and that a firewall allows the connection.",
			d.Settings.Address(), d.Waits.Connect)
	case errors.As(err, &slow):
		return SlowHint(slow)
	}
	return fmt.Sprintf("Check `host` and `port` (%s), and that a firewall allows the connection.", d.Settings.Address())
}

// demandsTLS reads the words: vsftpd says it with the code of a bad login.
func demandsTLS(r *Refusal) bool {
	words := strings.ToLower(r.Text)
	return Mentions(words, "ssl/tls required", "must use encryption", "tls required", "requires tls", "ssl required")
}

// SlowHint says which wait it was, how long, and how to make it longer.
func SlowHint(e *Expiry) string {
	attribute := strings.TrimPrefix(e.Named, "timeouts.")
	why := "No data was transferred for %s. If the server or the connection is that slow, raise %s: timeouts { %s = %q }."
	if e.Named == replyTimeout {
		why = "The server did not confirm the upload within %s. If its disk is that slow, raise %s: timeouts { %s = %q }."
	}
	after := providers.Duration(e.after.Round(time.Millisecond))
	return fmt.Sprintf(why, after, e.Named, attribute, 2*after)
}
