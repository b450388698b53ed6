package predecessor

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/starter"
)

// draft writes the accounts as a configuration.
func (c *conversion) draft(folder string, mail *Mail) starter.Draft {
	d := starter.Draft{Files: []starter.File{starter.IgnoredSecrets()}}
	var b strings.Builder
	fmt.Fprintf(&b, convertedHead, starter.Literal(c.name), starter.Literal(folder))
	for _, a := range c.accounts {
		a.destination(&b)
		if a.password != "" {
			d.Files = append(d.Files, starter.File{Path: starter.PasswordFile(a.name), Content: []byte(a.password + "\n"), Secret: true})
		}
	}
	b.WriteString(convertedRetention)
	for _, a := range c.accounts {
		a.backup(&b)
		d.Moved = append(d.Moved, a.moved())
	}
	if mail != nil {
		d.Moved = append(d.Moved, moveMail(&b, mail))
	}
	d.Files = append(d.Files, starter.Main(b.String()))
	return d
}

const convertedHead = `# Converted from %s. Edit it as you like. The passwords are
# in secrets/, which git ignores.

# The folder of the backups, the script's -f: {VM}/{YYYY-MM-DD-HHMMSS}/.
source "local" "vmexplorer" {
path = %s

# A backup with a file younger than this is still being written, and waits.
# If the backup program starts vmxsync when it has finished: "0s".
#settle = "10m"
}
`

const convertedRetention = `
# The script's -n, which was 3 by default.
retention "standard" {
keep_last = 3
}
`

func (a *account) destination(b *strings.Builder) {
	fmt.Fprintf(b, "\ndestination \"ftp\" %s {\nhost = %s\n", starter.Literal(a.name), starter.Literal(a.host))
	if a.port != 21 {
		fmt.Fprintf(b, "port = %d\n", a.port)
	}
	fmt.Fprintf(b, "username = %s\n", starter.Literal(a.user))
	if a.password != "" {
		fmt.Fprintf(b, "password = file(%s)\n", starter.Literal(starter.PasswordFile(a.name)))
	}
	if a.relative {
		fmt.Fprintf(b, "# The script began at the folder after login; this path is right if that is the root.\n")
	}
	fmt.Fprintf(b, "root = %s\n%s}\n", starter.Literal(a.root), asBefore)
}

const asBefore = `
# Unencrypted, as in the script: anybody in between can read password and backups.
# Without this block the connection is encrypted, or fails.
tls {
mode = "off"
}
`

func (a *account) backup(b *strings.Builder) {
	fmt.Fprintf(b, "\nbackup %s {\nsource = source.local.vmexplorer\n", starter.Literal(a.name))
	if patterns := a.patterns(); a.every {
		fmt.Fprintf(b, "vms = [%s] # \"*\" is every VM that no backup names\n", strings.Join(patterns, ", "))
	} else {
		fmt.Fprintf(b, "vms = [%s]\n", strings.Join(patterns, ", "))
	}
	fmt.Fprintf(b, "destinations = [destination.ftp.%s]\nretention = retention.standard\n}\n", a.name)
}

// patterns are the names of the VMs as vms takes them: a name with a star or a
// bracket in it must not match other names.
func (a *account) patterns() []string {
	var out []string
	if a.every {
		out = append(out, `"*"`)
	}
	for _, vm := range a.vms {
		out = append(out, starter.Literal(onlyItself.Replace(vm)))
	}
	return out
}

var onlyItself = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`)

func (a *account) moved() string {
	who := make([]string, 0, len(a.vms)+1)
	for _, vm := range a.vms {
		who = append(who, fmt.Sprintf("%q", vm))
	}
	if a.every {
		who = append(who, "every other VM")
	}
	return fmt.Sprintf("%s -> destination.ftp.%s (%s at %s, %s)", strings.Join(who, ", "), a.name, a.user, joinHostPort(strings.Trim(a.host, "[]"), a.port), a.root)
}

// moveMail writes SmtpInfo as a notify block, and returns the line for Moved.
func moveMail(b *strings.Builder, m *Mail) string {
	fmt.Fprintf(b, "\n# SmtpInfo. The subject reports what was done; the script's subjects were\n# %s and %s.\n",
		starter.Literal(m.Subject), starter.Literal(m.SubjectWithError))
	b.WriteString(smtpBlock(m))
	return "SmtpInfo -> notify.mail.admin"
}

// smtpBlock uses the server as the script did: without TLS and login.
func smtpBlock(m *Mail) string {
	host, port := m.Server, 25
	if h, p, ok := splitHostPort(m.Server); ok {
		host, port = h, p
	}
	var to []string
	for _, address := range m.To {
		to = append(to, starter.Literal(address))
	}
	return fmt.Sprintf("notify \"mail\" \"admin\" {\nfrom = %s\nto = [%s]\nhost = %s\nport = %d\ntls = \"off\"\n}\n",
		starter.Literal(m.From), strings.Join(to, ", "), starter.Literal(host), port)
}
