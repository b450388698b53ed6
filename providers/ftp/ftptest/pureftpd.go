package ftptest

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// pureFTPd needs root, and an account that is not: its files belong to nobody.
var pureFTPd = RealServer{
	Name:      "pure-ftpd",
	Modes:     []TLS{Off, Explicit},
	NeedsRoot: true,
	Facts: Facts{
		MLSD: true, Resume: true, ResumesInside: true, EPSV: true, SetTime: "MFMT",
		ListAll: true, ListHidesDotFiles: true, ListLimit: 10000, MissingListsEmpty: true, PartsWithDownload: true, FullTold: "dial",
	},
	program: "usr/sbin/pure-ftpd",
	command: pureFTPdCommand,
	path:    asSlash,
	account: nobody,
	refused: func(o RealOptions) string {
		return cmp.Or(wish(o.ForceDotFiles, "ForceDotFiles"), wish(o.HiddenStores, "HiddenStores"), wish(o.IdleTimeout%time.Minute != 0, "an idle timeout of seconds: it counts minutes"))
	},
}

const nobody = 65534

func pureFTPdCommand(l launch) ([]string, error) {
	users, err := pureFTPdUsers(l)
	if err != nil {
		return nil, err
	}
	args := []string{
		l.program, "-l", "puredb:" + users, "-E", "-A", "-H",
		"-S", fmt.Sprintf("%s,%d", testserver.Host, l.port),
		"-p", l.passive.Join(":"),
		"-g", filepath.Join(l.home, "pid"),
	}
	if l.MaxClients > 0 {
		args = append(args, "-c", strconv.Itoa(l.MaxClients))
	}
	if l.ListLimit > 0 {
		args = append(args, "-L", fmt.Sprintf("%d:8", l.ListLimit))
	}
	if l.IdleTimeout > 0 {
		args = append(args, "-I", strconv.Itoa(int(l.IdleTimeout/time.Minute)))
	}
	if l.TLS != Off {
		args = append(args, "-Y", "3", "-2", l.both()) // 3: data connections too
	}
	return args, nil
}

// pureFTPdUsers writes the file of users by hand: pure-pw useradd would choose
// a hash that takes it seconds.
func pureFTPdUsers(l launch) (string, error) {
	quota := ""
	if l.QuotaMB > 0 {
		quota = strconv.Itoa(l.QuotaMB << 20)
	}
	list, db := filepath.Join(l.home, "passwd"), filepath.Join(l.home, "users.pdb")
	line := fmt.Sprintf("%s:%s:%d:%d::%s/./:::::::%s:::::\n", account, passwordHash, nobody, nobody, l.root, quota)
	if err := write(list, line); err != nil {
		return "", err
	}
	cmd := exec.Command(filepath.Join(l.tree, "usr/bin/pure-pw"), "mkdb", db, "-f", list)
	cmd.Env = l.environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("pure-pw mkdb: %w: %s", err, out)
	}
	return db, os.Chmod(db, 0o600)
}
