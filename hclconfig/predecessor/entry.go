package predecessor

import (
	"fmt"
	"strconv"
	"strings"
)

// Entry is one entry of VmToFtp: where the backups of a VM go.
type Entry struct {
	VM       string // "*" stands for every VM without an entry
	Pos      Pos    // of the VM's name
	Host     string
	Port     int    // 0 where the entry gives none
	User     string // "" is anonymous
	Password string
	Folder   string
	FolderAt Pos
}

// EveryVM is the name of the entry for VMs without an entry of their own.
const EveryVM = "*"

// placeholders are the parts of the entry that was shipped with the script.
var placeholders = []string{"host", "port", "user", "password"}

// entries reads the dict of the entries.
func (r *reader) entries(v value) {
	if v.sort != isDict {
		r.wrong(v, "VmToFtp is %s, and must be a dict.", `write VmToFtp = {"NAME": ["HOST", 21, "USER", "PASSWORD", "FOLDER"]}`, v.sort)
		return
	}
	first := map[string]Pos{}
	for i, key := range v.keys {
		if key.sort != isText {
			r.wrong(key, "The name of a VM is %s, and must be a string.", "", key.sort)
			continue
		}
		if other, twice := first[key.text]; twice {
			r.wrong(key, "%q has an entry in line %d already: Python silently uses the last one.", "remove one of them", key.text, other.Line)
			continue
		}
		first[key.text] = key.at
		r.entry(key, v.items[i])
	}
	if len(v.keys) == 0 {
		r.wrong(v, "VmToFtp has no entries.", "")
	}
}

func (r *reader) entry(key, v value) {
	switch {
	case v.sort == isNone && key.text == EveryVM:
		return // the script's way to have no entry for the other VMs
	case v.sort != isList:
		r.wrong(v, "The entry of %q is %s, and must be a list.", fiveParts, key.text, v.sort)
		return
	case len(v.items) != 5:
		r.wrong(v, "The entry of %q has %d parts, and must have 5.", fiveParts, key.text, len(v.items))
		return
	case isPlaceholder(v.items):
		r.wrong(key, "The entry of %q was never filled in: it has the values that the script came with.", "fill it in, or remove it", key.text)
		return
	}
	e := Entry{VM: key.text, Pos: key.at, FolderAt: v.items[4].at}
	e.Host = r.part(e, "host", v.items[0], isText)
	e.Port = r.port(e, v.items[1])
	e.User = r.part(e, "user", v.items[2], isText, isNone)
	e.Password = r.part(e, "password", v.items[3], isText, isNone)
	e.Folder = r.part(e, "folder", v.items[4], isText, isNone)
	r.config.Entries = append(r.config.Entries, e)
}

const fiveParts = `write ["HOST", 21, "USER", "PASSWORD", "FOLDER"]`

func isPlaceholder(parts []value) bool {
	for i, want := range placeholders {
		if parts[i].text != want {
			return false
		}
	}
	return true
}

// part is one part of an entry, of one of these sorts.
func (r *reader) part(e Entry, what string, v value, sorts ...sort) string {
	for _, s := range sorts {
		if v.sort == s {
			return v.text
		}
	}
	r.wrong(v, "The %s of %q is %s, and must be %s.", "write strings in quotes", what, e.VM, v.sort, sorts[0])
	return ""
}

// port accepts what Python's ftplib did: a number, its digits as a string, or the
// name of the service. None and 0 are the port of FTP.
func (r *reader) port(e Entry, v value) int {
	n := v.whole
	switch v.sort {
	case isNone:
		return 0
	case isText:
		digits, err := strconv.Atoi(strings.TrimSpace(v.text))
		if n = digits; err != nil {
			n = -1
		}
		if v.text == "ftp" {
			n = 0
		}
	case isWhole:
	default:
		n = -1
	}
	if n < 0 || n > 65535 {
		r.wrong(v, "The port of %q is invalid.", "write a number between 1 and 65535; the port of FTP is 21", e.VM)
	}
	return n
}

// wrong reports a value. hint may be "".
func (r *reader) wrong(v value, detail, hint string, args ...any) {
	r.problems = append(r.problems, Problem{
		Pos: v.at, Summary: "Entry that cannot be used", Detail: fmt.Sprintf(detail, args...), Hint: hint,
	})
}
