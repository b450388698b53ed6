package predecessor

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/hclconfig/starter"
	"github.com/vmxsync/vmxsync/providers"
)

// Convert makes a configuration of the predecessor's config.py, src, for
// backups in that folder. name is what problems call the file; they never show
// a line of it, for it holds passwords. The Draft is of use if there is no
// error.
func Convert(name string, src []byte, folder string) (starter.Draft, diag.Diagnostics) {
	config, problems := Read(src)
	c := conversion{name: name, byPlace: map[string]*account{}}
	for _, p := range problems {
		c.report(p)
	}
	for _, e := range config.Entries {
		c.entry(e)
	}
	if c.diags.HasErrors() {
		return starter.Draft{}, c.diags.Tidy()
	}
	nameAccounts(c.accounts)
	return c.draft(folder, config.Mail), c.diags.Tidy()
}

// conversion collects the accounts of the entries.
type conversion struct {
	name     string
	accounts []*account // in the order of the file
	byPlace  map[string]*account
	diags    diag.Diagnostics
}

// account is a destination: VMs with one server, port, user and folder go to
// one place.
type account struct {
	name                       string // of the destination; set by nameAccounts
	host, user, password, root string
	port                       int
	relative                   bool // the folder was one below the folder after login
	vms                        []string
	every                      bool // also the VMs without an entry
	first                      Entry
}

func (c *conversion) report(p Problem) {
	d := diag.Diagnostic{
		Severity: diag.Error, Summary: p.Summary, Hint: p.Hint,
		Detail: fmt.Sprintf("Column %d: %s", p.Pos.Column, p.Detail),
		Places: []diag.Place{{Range: diag.Range{Filename: c.name, Start: diag.Pos(p.Pos), End: diag.Pos(p.Pos)}}},
	}
	if p.Warning {
		d.Severity = diag.Warning
	}
	c.diags = append(c.diags, d)
}

func (c *conversion) wrong(at Pos, hint, detail string, args ...any) {
	c.report(Problem{Pos: at, Summary: "Entry that cannot be converted", Detail: fmt.Sprintf(detail, args...), Hint: hint})
}

// entry adds the VM of one entry to its account.
func (c *conversion) entry(e Entry) {
	root, relative := c.root(e)
	a := &account{
		host: e.Host, port: cmp.Or(e.Port, 21), user: cmp.Or(e.User, "anonymous"), password: e.Password,
		root: root, relative: relative, first: e,
	}
	c.checkHost(e)
	c.checkLogin(e)
	if same := c.byPlace[a.place()]; same != nil {
		c.checkPassword(e, same.first)
		a = same
	} else {
		c.byPlace[a.place()] = a
		c.accounts = append(c.accounts, a)
	}
	if e.VM == EveryVM {
		a.every = true
		return
	}
	c.checkVM(e)
	a.vms = append(a.vms, e.VM)
}

// place is the same for accounts that are one destination.
func (a *account) place() string {
	return fmt.Sprintf("%s\x00%d\x00%s\x00%s", strings.ToLower(a.host), a.port, a.user, a.root)
}

// root is the folder of an entry as an absolute path. Where it was relative it
// began at the folder after login, which for most accounts is the root.
func (c *conversion) root(e Entry) (root string, relative bool) {
	var parts []string
	for _, part := range strings.Split(e.Folder, "/") {
		if part == "" || part == "." {
			continue
		}
		if err := providers.CheckName(part); err != nil {
			c.wrong(e.FolderAt, "write it with slashes, from the folder after login", "The folder of %q cannot be the root of a destination: %v.", e.VM, err)
			return "/", false
		}
		parts = append(parts, part)
	}
	return "/" + strings.Join(parts, "/"), len(parts) > 0 && !strings.HasPrefix(e.Folder, "/")
}

func (c *conversion) checkHost(e Entry) {
	_, err := netip.ParseAddr(strings.Trim(e.Host, "[]"))
	if e.Host == "" || err != nil && strings.ContainsFunc(e.Host, notInHost) {
		c.wrong(e.Pos, "write the name or the address alone, as nas.example.com, and a port as the second part", "The host of %q is not a valid host name or address.", e.VM)
	}
}

func notInHost(r rune) bool { return r == ' ' || isControl(r) || strings.ContainsRune(`:/@\"`, r) }

// checkLogin refuses what FTP cannot send, and a password that cannot be read back
// from its file.
func (c *conversion) checkLogin(e Entry) {
	if strings.ContainsFunc(e.User, isControl) || secret.InAddress(e.User) {
		c.wrong(e.Pos, "", "The user name of %q contains invalid characters.", e.VM)
	}
	kept, err := secret.FirstLine([]byte(e.Password + "\n"))
	if err != nil || kept != e.Password || strings.ContainsFunc(e.Password, isControl) {
		c.wrong(e.Pos, "change the password at the server", "The password of %q contains a line end or another control character, which FTP cannot send and the password file cannot hold.", e.VM)
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func (c *conversion) checkPassword(e, first Entry) {
	if e.Password != first.Password {
		c.wrong(e.Pos, "correct the wrong one", "%q and %q (line %d) have the same account and folder but different passwords.", e.VM, first.VM, first.Pos.Line)
	}
}

func (c *conversion) checkVM(e Entry) {
	if err := providers.CheckName(e.VM); err != nil {
		c.wrong(e.Pos, "rename the VM's folder", "The VM cannot be backed up under its name: %v.", err)
	}
	if secret.InAddress(e.VM) {
		c.wrong(e.Pos, "rename the VM's folder", "The name of a VM has the form user:password@host, which a configuration cannot contain.")
	}
	if strings.ContainsAny(e.VM, "*?") {
		c.report(Problem{
			Pos: e.Pos, Summary: "Name with a wildcard", Warning: true,
			Detail: fmt.Sprintf("The script took %q for the name of one VM, not for a pattern, and so does the converted configuration.", e.VM),
			Hint:   fmt.Sprintf("if a pattern is meant, write %s in vms", starter.Literal(e.VM)),
		})
	}
}
