package external

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/payload"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// readAhead is more than a pipe holds: a program that was sent so much has
// begun to read, and so has logged in.
const readAhead = 1 << 20

// goodbye is how long a program may take to end after it was killed.
const goodbye = 2 * time.Second

// program is a running method.
type program struct {
	method *Method
	dialer *wire.Dialer
	ctx    context.Context // its end kills the program; the cause is the error
	kill   context.CancelCauseFunc

	home  string // a folder of its own, which only this user can read
	login string // the file with the password
	cmd   *exec.Cmd
	stdin *os.File
	sent  int64
	said  tail
}

// Send has the program send all of body to target, once, and returns how many bytes it
// took. It closes body.
func (m *Method) Send(ctx context.Context, d *wire.Dialer, target string, body *payload.Payload) (sent int64, err error) {
	p, err := m.begin(ctx, d, target)
	if err != nil {
		body.Close()
		return 0, err
	}
	defer p.remove()
	err = p.end(p.feed(body))
	if err == nil && p.sent < body.Size() {
		err = &retry.Lost{Err: fmt.Errorf("%s ended after %d of %d bytes", m.program, p.sent, body.Size())}
	}
	return p.sent, err
}

func (m *Method) begin(ctx context.Context, d *wire.Dialer, target string) (*program, error) {
	home, err := os.MkdirTemp("", "vmxsync-")
	if err != nil {
		return nil, err
	}
	p := &program{method: m, dialer: d, home: home, login: filepath.Join(home, "login")}
	p.ctx, p.kill = context.WithCancelCause(ctx)
	if err := p.start(target); err != nil {
		p.remove()
		return nil, err
	}
	return p, nil
}

func (p *program) start(target string) error {
	if err := os.WriteFile(p.login, []byte(p.method.login(p.dialer, target)), 0o600); err != nil {
		return err
	}
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	p.cmd = exec.CommandContext(p.ctx, p.method.path, p.method.args(p.dialer, p.login, target)...)
	p.cmd.Env, p.cmd.WaitDelay = environment(p.home), goodbye
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = out, &p.said, &p.said
	ownGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		in.Close()
		return err
	}
	p.stdin = in
	return nil
}

// remove leaves nothing behind.
func (p *program) remove() {
	p.kill(nil)
	os.RemoveAll(p.home)
}

// environment is what a program needs, and nothing else: there may be passwords
// in ours, and settings of the user in the home folder.
func environment(home string) []string {
	env := []string{"HOME=" + home, "LC_ALL=C"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// feed sends the body, its last block only when it is known to be the last: a
// body that is too long must not leave a file that looks whole.
func (p *program) feed(body *payload.Payload) error {
	return payload.SendWhole(p.ctx, body, p.send)
}

func (p *program) send(b []byte) error {
	err := p.write(b)
	if p.login != "" && p.sent > readAhead {
		os.Remove(p.login)
		p.login = ""
	}
	return err
}

// write sends b at the pace of the destination: a program that is fed slowly
// sends slowly.
func (p *program) write(b []byte) error {
	for len(b) > 0 {
		n := p.dialer.Pace.Piece(len(b))
		if p.dialer.Pace.Wait(p.ctx, n) != nil {
			return context.Cause(p.ctx)
		}
		if err := p.writePiece(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// writePiece gives up when the program takes nothing for as long as a
// connection may stand still. Where pipes have no deadlines, the program
// watches alone.
func (p *program) writePiece(b []byte) error {
	for {
		_ = p.stdin.SetWriteDeadline(time.Now().Add(p.dialer.Waits.IO))
		n, err := p.stdin.Write(b)
		p.sent += int64(n)
		b = b[n:]
		if n == 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
}

// end waits for the program, which it kills first if the body could not be
// sent: at the end of its input the program would take the part for the whole.
func (p *program) end(fed error) error {
	switch {
	case fed == nil:
		last := time.AfterFunc(p.lastWait(), func() { p.kill(&retry.Lost{Err: os.ErrDeadlineExceeded}) })
		defer last.Stop()
	case retry.IsLocal(fed):
		p.kill(fed)
	case errors.Is(fed, os.ErrDeadlineExceeded):
		p.kill(&retry.Lost{Err: fed})
	}
	if fed == nil || p.ctx.Err() == nil {
		p.stdin.Close()
	}
	err := p.cmd.Wait()
	p.stdin.Close()
	switch {
	case p.ctx.Err() != nil:
		return context.Cause(p.ctx)
	case err != nil:
		return p.explain(err)
	}
	return nil
}

// lastWait is for what is still under way, and for the server to write it.
func (p *program) lastWait() time.Duration {
	w := p.dialer.Waits
	return w.IO + w.Reply + time.Duration(p.sent/wire.FinalReplyRate)*time.Second
}

// explain makes an error of an exit code and of its output.
func (p *program) explain(err error) error {
	said := strings.FieldsFunc(p.secretless(string(p.said.text)), func(r rune) bool { return r == '\n' || r == '\r' })
	m := p.method.meaning(p.cmd.ProcessState.ExitCode(), said)
	ended := &ended{program: p.method.program, how: err, why: m.why, kind: m.kind}
	switch {
	case m.hint != "":
		return providers.WithHint(ended, m.hint)
	case errors.Is(m.kind, providers.ErrLogin):
		return providers.WithHint(ended, p.dialer.LoginHint())
	case errors.Is(m.kind, providers.ErrUnreachable), wire.IsCrowded(m.kind):
		return providers.WithHint(ended, p.dialer.DialHint(m.kind))
	}
	return ended
}

// secretless is text without the password, however it is written.
func (p *program) secretless(text string) string {
	return wire.Redact(wire.Redact(text, p.dialer.Password), percent(p.dialer.Password))
}

// ended is the end of a program that did not do its work.
type ended struct {
	program string
	how     error // "exit status 25"
	why     string
	kind    error // what that stands for in package wire, or nil
}

func (e *ended) Error() string {
	if e.why == "" {
		return fmt.Sprintf("%s: %v", e.program, e.how)
	}
	return fmt.Sprintf("%s: %v: %s", e.program, e.how, providers.Excerpt(e.why))
}

func (e *ended) Unwrap() []error { return []error{e.how, e.kind} }

// tail keeps the last of what is written to it.
type tail struct{ text []byte }

const tailSize = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-tailSize):]
	return len(p), nil
}
