package ftptest

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"path/filepath"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

var pyftpdlib = RealServer{
	Name:  "pyftpdlib",
	Modes: []TLS{Off, Explicit},
	Facts: Facts{MLSD: true, Resume: true, ResumesInside: true, EPSV: true, SetTime: "MFMT", FullTold: "dial"},

	program: "usr/bin/python3",
	command: func(l launch) ([]string, error) { return pythonCommand(l, pyftpdlibScript) },
	path:    asSlash,
	refused: func(o RealOptions) string {
		return cmp.Or(wish(o.ForceDotFiles, "ForceDotFiles"), wish(o.HiddenStores, "HiddenStores"), wish(o.QuotaMB > 0, "a quota"), wish(o.ListLimit > 0, "a limit of entries"))
	},
}

var twisted = RealServer{
	Name:  "twisted",
	Modes: []TLS{Off},
	Facts: Facts{},

	program: "usr/bin/python3",
	command: func(l launch) ([]string, error) { return pythonCommand(l, twistedScript) },
	path:    asSlash,
	refused: func(o RealOptions) string {
		return cmp.Or(wish(o.ForceDotFiles, "ForceDotFiles"), wish(o.HiddenStores, "HiddenStores"), wish(o.QuotaMB > 0, "a quota"),
			wish(o.MaxClients > 0, "a limit of clients"), wish(o.ListLimit > 0, "a limit of entries"))
	},
}

//go:embed pyftpdlib_server.py
var pyftpdlibScript string

//go:embed twisted_server.py
var twistedScript string

// pythonCommand runs script, with its options as JSON in the first argument.
func pythonCommand(l launch, script string) ([]string, error) {
	file := filepath.Join(l.home, "server.py")
	if err := write(file, script); err != nil {
		return nil, err
	}
	options, err := json.Marshal(map[string]any{
		"host": testserver.Host, "port": l.port, "passive": []int{l.passive.First, l.passive.Last + 1},
		"user": account, "password": password, "root": l.root,
		"certificate": wish(l.TLS != Off, l.both()),
		"idle":        seconds(l.IdleTimeout), "clients": l.MaxClients,
	})
	return []string{l.program, "-B", "-s", "-S", file, string(options)}, err
}
