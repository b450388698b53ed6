package sftptest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// RealOptions are the wishes for sshd.
type RealOptions struct {
	Chroot   bool     // the account sees its own folder as the top of everything
	HostKeys []string // "ed25519" (the default), "ecdsa", "rsa"
	Root     string   // an existing folder; "" for a temporary one; none with Chroot
	Config   []string // more lines of sshd_config
}

// The account in a chroot, and the one that the unprivileged half of sshd runs as, where
// root starts it. Without a chroot the account is the caller.
const (
	accountID   = 20021
	privilegeID = 20022
)

// startWithin is how long sshd may take to greet.
const startWithin = 30 * time.Second

// Available says in one line why sshd cannot run here with o, or returns nil.
func Available(o RealOptions) error {
	tree, err := testserver.Packages()
	if err == nil {
		_, err = os.Stat(filepath.Join(tree, "usr/sbin/sshd"))
	}
	if err != nil {
		return fmt.Errorf("sshd not tested: %w", err)
	}
	if !o.Chroot {
		return nil
	}
	if os.Getuid() != 0 {
		return errors.New("sshd with a chroot not tested: it needs root")
	}
	if said, err := exec.Command("unshare", "-m", "true").CombinedOutput(); err != nil {
		return fmt.Errorf("sshd with a chroot not tested: no mount of its own: %w: %s", err, strings.TrimSpace(string(said)))
	}
	return nil
}

// StartReal starts sshd and returns when it greets.
func StartReal(o RealOptions) (*Server, error) {
	if err := Available(o); err != nil {
		return nil, err
	}
	s := &Server{Name: "sshd"}
	err := s.prepare(o.Root, o.HostKeys)
	if err == nil {
		err = s.startReal(o)
	}
	if err != nil {
		os.RemoveAll(s.home)
		return nil, fmt.Errorf("start sshd: %w", err)
	}
	return s, nil
}

func (s *Server) startReal(o RealOptions) error {
	tree, err := testserver.Packages()
	if err != nil {
		return err
	}
	s.Path = s.Root
	if o.Chroot {
		s.Name, s.Path, s.owner = "sshd-chroot", "/data", accountID
		s.Root = s.file("jail/data")
		err = os.MkdirAll(s.Root, 0o755)
	}
	port, release, portErr := testserver.FreePort()
	if err := errors.Join(err, portErr, s.reachable(), s.Adopt(), s.writeAccounts(), s.copyProgram(tree)); err != nil {
		return err
	}
	s.Port = port
	if err := os.WriteFile(s.file("sshd_config"), []byte(s.config(tree, o)), 0o644); err != nil {
		return err
	}
	s.again = func() error { return s.run(tree, o) }
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

// reachable lets the account come to its root, which lies below our own temporary folder.
func (s *Server) reachable() error {
	if s.owner == 0 {
		return nil
	}
	return os.Chmod(s.home, 0o711)
}

// copyProgram writes an sshd whose folder for privilege separation is one that every
// machine has: its own is a constant, and is made when the package is installed. The
// name of its user is the end of that constant.
func (s *Server) copyProgram(tree string) error {
	err := testserver.Patch(filepath.Join(tree, "usr/sbin/sshd"), s.file("sshd"), "/run/sshd\x00", "/usr/lib\x00\x00")
	return errors.Join(err, os.Chmod(s.file("sshd"), 0o700))
}

// writeAccounts writes what libnss_wrapper shows sshd as /etc/passwd, /etc/group and
// /etc/shadow.
func (s *Server) writeAccounts() error {
	id := cmp.Or(s.owner, os.Getuid())
	var passwd, group, shadow strings.Builder
	fmt.Fprintf(&passwd, "%s:x:%d:%d::%s:/bin/sh\n", account, id, id, s.Path)
	fmt.Fprintf(&group, "%s:x:%d:\n", account, id)
	fmt.Fprintf(&shadow, "%s:%s:19000:0:99999:7:::\n", account, passwordHash)
	for _, user := range []string{"sshd", "lib"} {
		fmt.Fprintf(&passwd, "%s:x:%d:%d::/:/usr/sbin/nologin\n", user, privilegeID, privilegeID)
		fmt.Fprintf(&group, "%s:x:%d:\n", user, privilegeID)
	}
	return errors.Join(
		os.WriteFile(s.file("passwd"), []byte(passwd.String()), 0o644),
		os.WriteFile(s.file("group"), []byte(group.String()), 0o644),
		os.WriteFile(s.file("shadow"), []byte(shadow.String()), 0o600),
	)
}

func (s *Server) config(tree string, o RealOptions) string {
	lines := append([]string{
		fmt.Sprintf("ListenAddress %s:%d", s.Host, s.Port),
		"PidFile none", "UsePAM no", "StrictModes no", "UseDNS no", "LogLevel VERBOSE",
		"PasswordAuthentication yes", "KbdInteractiveAuthentication no",
		"AuthorizedKeysFile " + s.file("authorized_keys"),
		"SetEnv LD_LIBRARY_PATH=" + testserver.Libraries(tree),
		"MaxStartups 100", "PermitRootLogin yes",
	}, o.Config...)
	for i := range s.HostKeys {
		lines = append(lines, "HostKey "+s.file("host_"+append(o.HostKeys, "ed25519")[i]))
	}
	// As Debian has it. In internal-sftp without a chroot, the first listing of a session
	// has entries twice: libnss_wrapper rewinds a file that sshd has closed, whose number
	// is that of the folder by then.
	lines = append(lines, "Subsystem sftp "+filepath.Join(tree, "usr/lib/openssh/sftp-server"))
	if o.Chroot {
		lines = append(lines, "Match User "+account, "ChrootDirectory /mnt", "ForceCommand internal-sftp")
	}
	return strings.Join(lines, "\n") + "\n"
}

// run starts sshd, as it is now or again.
func (s *Server) run(tree string, o RealOptions) error {
	libraries := testserver.Libraries(tree)
	wrapper, err := filepath.Glob(filepath.Join(tree, "usr/lib/*/libnss_wrapper.so"))
	if err != nil || len(wrapper) == 0 {
		return errors.New("libnss_wrapper.so is not among the fetched packages")
	}
	argv := []string{s.file("sshd"), "-D", "-e", "-f", s.file("sshd_config")}
	if o.Chroot {
		// Every folder above a chroot has to belong to root alone, and /tmp does not. What
		// is mounted over /mnt is seen by this server only.
		argv = append([]string{"unshare", "-m", "--propagation", "private", "sh", "-c", `mount --bind "$0" /mnt && exec "$@"`, s.file("jail")}, argv...)
	}
	env := []string{
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TZ=UTC0", "LC_ALL=C.UTF-8", "HOME=" + s.home,
		"LD_LIBRARY_PATH=" + libraries, "LD_PRELOAD=" + wrapper[0],
		"NSS_WRAPPER_PASSWD=" + s.file("passwd"), "NSS_WRAPPER_GROUP=" + s.file("group"), "NSS_WRAPPER_SHADOW=" + s.file("shadow"),
	}
	return s.runProgram(argv, env)
}

// runProgram starts a server and returns when it greets.
func (s *Server) runProgram(argv, env []string) error {
	p, err := testserver.StartProcess(argv, env, s.home)
	if err != nil {
		return err
	}
	if err := s.awaitGreeting(p); err != nil {
		p.Kill()
		return err
	}
	s.process = p
	return nil
}

// awaitGreeting tries until the server has said its version, or has ended.
func (s *Server) awaitGreeting(p *testserver.Process) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.greet(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.Done:
			return fmt.Errorf("it ended at once: %s", cmp.Or(p.LastLine(), "it says nothing"))
		case <-ctx.Done():
			return fmt.Errorf("no greeting within %v: %w", startWithin, err)
		case <-tick.C:
		}
	}
}

func (s *Server) greet(ctx context.Context) error {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	defer c.Close()
	if deadline, ok := ctx.Deadline(); ok {
		c.SetDeadline(deadline)
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(c, head); err != nil {
		return err
	}
	if string(head) != "SSH-" {
		return fmt.Errorf("greeting %q", head)
	}
	return nil
}
