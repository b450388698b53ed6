package ftptest

import (
	"cmp"
	"encoding/json"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// goftp is goftp.io/server with its driver for files. MKD of a folder that is
// there succeeds, RMD removes a folder with all that is in it, and what follows
// REST is appended.
var goftp = RealServer{
	Name:  "goftp",
	Modes: []TLS{Off},
	Facts: Facts{MLSD: true, Resume: true, EPSV: true, MakesAgain: true, ListAll: true},

	program: "usr/bin/goftp",
	command: goftpCommand,
	path:    asSlash,
	refused: func(o RealOptions) string {
		return cmp.Or(wish(o.ForceDotFiles, "ForceDotFiles"), wish(o.HiddenStores, "HiddenStores"), wish(o.QuotaMB > 0, "a quota"), wish(o.ListLimit > 0, "a limit of entries"),
			wish(o.MaxClients > 0, "a limit of clients"), wish(o.IdleTimeout > 0, "an idle timeout"))
	},
}

func goftpCommand(l launch) ([]string, error) {
	options, err := json.Marshal(map[string]any{
		"Host": testserver.Host, "Port": l.port, "Passive": []int{l.passive.First, l.passive.Last + 1},
		"User": account, "Password": password, "Root": l.root,
	})
	return []string{l.program, string(options)}, err
}
