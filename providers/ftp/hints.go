package ftp

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/tree"
	"github.com/vmxsync/vmxsync/providers/ftp/upload"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/proxy"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// hint is the way out of what went wrong in a session, or "".
func hint(d *wire.Dialer, err error) string {
	reply, replied := errors.AsType[*wire.Refusal](err)
	slow, expired := errors.AsType[*wire.Expiry](err)
	way, viaProxy := errors.AsType[*proxy.Error](err)
	away, noWay := errors.AsType[*wire.NoData](err)
	switch {
	case retry.IsLocal(err): // what cannot be read here is no fault of the server
		return ""
	case noWay && !viaProxy:
		return d.DataHint(away)
	case viaProxy:
		return way.Hint(d.Settings.Address())
	case wire.IsTLSError(err):
		return d.TLSHint(err)
	case errors.Is(err, providers.ErrFull):
		return "Free space on the server or raise the quota of the account, then apply again."
	case replied && wantsResumption(reply):
		return resumptionHint
	case replied && reply.Held:
		return fmt.Sprintf("Another process on the server has the file open: a lost session, a virus scanner or an indexer. vmxsync waited for %s (`timeouts.io`); the partial upload is kept, and the next apply resumes it.", d.Waits.IO)
	case replied && reply.Code == 421 && reply.Late:
		return "The server ended the session while a file was being uploaded. Some servers count a session as idle while data moves (ftp-srv of npm does): raise the idle limit of the server above the time that the largest file takes."
	case replied && reply.Many:
		return "The server accepts no more sessions. Lower `connections`, or stop other programs that use the account."
	case replied && reply.Code == 425:
		return "The data connection failed: check the passive ports of the server's firewall, or set epsv = false."
	case errors.As(err, new(*upload.Vanished)):
		return upload.VanishedHint
	case errors.Is(err, tree.ErrNoRoot):
		return fmt.Sprintf("The folder %s does not exist on the server: create it, or correct `root`.", d.Settings.RootDir())
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("Give %q permission to write, rename and delete below %q.", d.Settings.User(), d.Settings.RootDir())
	case !replied && expired && slow.Named != "":
		return wire.SlowHint(slow)
	case !replied && errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("No data was transferred for %s (`timeouts.io`), or no reply came within %s after the last byte (`timeouts.reply`).",
			d.Waits.IO, d.Waits.Reply)
	}
	return ""
}

// wantsResumption reads the words: FileZilla Server says 425, vsftpd 522.
func wantsResumption(r *wire.Refusal) bool {
	words := strings.ToLower(r.Text)
	return r.Code == 522 || (r.Code == 425 || r.Code == 431 || r.Code == 534) && wire.Mentions(words, "resum", "tls session", "ssl session", "session reuse", "session not reused")
}

const resumptionHint = "The server requires each data connection to resume the TLS session of the control connection, but sent no session ticket or did not accept it. " +
	"Enable session tickets on the server (for TLS 1.2 also the session cache), or turn off the requirement: require_ssl_reuse=NO on vsftpd, \"Require TLS session resumption\" on FileZilla Server."
