package wire

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
)

// loginHint names where the secrets came from, and shows none.
func (d *Dialer) loginHint(err error) string {
	s := d.settings
	if mentions(err.Error(), "agent: ") {
		return "Check that ssh-agent is unlocked, and asks nobody to confirm the use of its keys (ssh-add -c) where vmxsync runs unattended; or set `private_key`."
	}
	if at, _ := errors.AsType[*step](err); at != nil && at.name == stepJump {
		return fmt.Sprintf("The jump host %s refused the login: check the user in `proxy` (%q), and `private_key`, `agent` or `proxy_password`.", d.jump.address, d.jump.user)
	}
	var shown []string
	if s.PrivateKey != "" {
		shown = append(shown, "the private key "+s.PrivateKey)
	}
	if s.Agent {
		shown = append(shown, "the keys of ssh-agent (ssh-add -l lists them)")
	}
	if !s.Password.IsZero() {
		shown = append(shown, "the password from "+s.Password.String())
	}
	hint := fmt.Sprintf("Check `username` (%q). The server did not accept %s.", s.Username, strings.Join(shown, ", "))
	if s.PrivateKey != "" {
		hint += " A key has to be in the authorized_keys of the account there, and sshd refuses that file where others may write to it or to its folders."
	}
	return hint
}

// dialHint is the way out of what else goes wrong before there is a session.
func (d *Dialer) dialHint(err error) string {
	at, _ := errors.AsType[*step](err)
	slow, expired := errors.AsType[*Expiry](err)
	key, untrusted := errors.AsType[*hostkey.Error](err)
	way, viaProxy := errors.AsType[*proxy.Error](err)
	where := d.target.address
	if at != nil && at.name == stepJump {
		where = d.jump.address
	}
	switch {
	case untrusted:
		return key.Hint()
	case viaProxy:
		return way.Hint(d.target.address)
	case at == nil:
		return ""
	case expired && isStep(err, stepConnect):
		return fmt.Sprintf("No server answered at %s within %s (`timeouts.connect`): check `host` and `port`, and that a firewall allows the connection.", where, slow.after)
	case expired:
		return SlowHint(slow)
	case mentions(err.Error(), "no common algorithm"):
		return fmt.Sprintf("The SSH server at %s is too old, or allows too little: update it, or let it allow what OpenSSH allows by default.", where)
	case errors.As(err, new(*noSubsystem)):
		return "The server lets this account log in, but not by SFTP: enable `Subsystem sftp internal-sftp` in its sshd_config, or SFTP in the settings of the NAS."
	case at.name == stepSubsystem:
		return "The SFTP server ended at once. A start file of the account's shell that prints something does that, and so does a shell that is not allowed: use `Subsystem sftp internal-sftp`."
	case isStep(err, stepHandshake):
		return fmt.Sprintf("The service at %s is not an SSH server, or refuses connections for now (MaxStartups, fail2ban): check `host` and `port`, or lower `connections`.", where)
	}
	return fmt.Sprintf("Check `host` and `port` (%s), and that a firewall allows the connection.", where)
}

// isStep reports whether a dial ended in a step, at the server or at the jump host.
func isStep(err error, name string) bool {
	at, ok := errors.AsType[*step](err)
	for ok && at.name != name {
		at, ok = errors.AsType[*step](at.err)
	}
	return ok
}

// SlowHint says which wait it was, how long, and how to make it longer.
func SlowHint(e *Expiry) string {
	attribute := strings.TrimPrefix(e.named, "timeouts.")
	why := "No data was transferred for %s. If the server or the connection is that slow, raise %s: timeouts { %s = %q }."
	if e.named == replyTimeout {
		why = "The server did not confirm the upload within %s. If its disk is that slow, raise %s: timeouts { %s = %q }."
	}
	after := providers.Duration(e.after.Round(time.Millisecond))
	return fmt.Sprintf(why, after, e.named, attribute, 2*after)
}
