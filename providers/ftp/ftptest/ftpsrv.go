package ftptest

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// ftpSrv is ftp-srv of npm: REST before STOR empties the file, SIZE of an empty
// one has no number, and links look like what they point to. It runs where node
// is, and in make matrix alone; FtpSrv has these habits in process.
var ftpSrv = RealServer{
	Name:  "ftp-srv",
	Modes: []TLS{Off},
	Facts: Facts{RestEmpties: true, EPSV: true, MakesAgain: true, ListAll: true},

	optional: true,
	program:  "usr/lib/ftp-srv/node_modules/ftp-srv/package.json",
	command:  ftpSrvCommand,
	path:     asSlash,
	refused: func(o RealOptions) string {
		return cmp.Or(wish(o.ForceDotFiles, "ForceDotFiles"), wish(o.HiddenStores, "HiddenStores"), wish(o.QuotaMB > 0, "a quota"), wish(o.ListLimit > 0, "a limit of entries"),
			wish(o.MaxClients > 0, "a limit of clients"))
	},
}

//go:embed ftpsrv_server.js
var ftpSrvScript string

// node is that of this machine. It is looked for before a test puts other programs into PATH.
var node, errNode = exec.LookPath("node")

// ftpSrvCommand runs the node of this machine, with its own libraries.
func ftpSrvCommand(l launch) ([]string, error) {
	if errNode != nil {
		return nil, errNode
	}
	script := l.file("server.js")
	if err := write(script, ftpSrvScript); err != nil {
		return nil, err
	}
	modules, _, _ := strings.Cut(filepath.ToSlash(l.program), "/ftp-srv/package.json")
	options, err := json.Marshal(map[string]any{
		"host": testserver.Host, "port": l.port, "passive": []int{l.passive.First, l.passive.Last + 1},
		"user": account, "password": password, "root": l.root, "idle": seconds(l.IdleTimeout),
	})
	return []string{"/usr/bin/env", "-u", "LD_LIBRARY_PATH", "NODE_PATH=" + modules, node, script, string(options)}, err
}
