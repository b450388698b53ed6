package vmx

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// machine is what a .vmx says of its VM.
type machine struct {
	path string
	set  map[string]setting // by key in lower case
	odd  string             // the encoding, where it is not known
}

// setting is one line of a .vmx.
type setting struct {
	value string
	line  int
}

var settingLine = regexp.MustCompile(`^\s*([A-Za-z0-9_.:-]+)\s*=\s*"([^"]*)"\s*$`)

// parseMachine reads the text of a .vmx. Lines that are no settings are left out.
func parseMachine(p, text string) *machine {
	m := &machine{path: p, set: map[string]setting{}}
	decoded, name := decode(text, encodingOf(text, settingEncoding))
	m.odd = name
	for i, line := range strings.Split(decoded, "\n") {
		if part := settingLine.FindStringSubmatch(strings.TrimRight(line, "\r")); part != nil {
			m.set[strings.ToLower(part[1])] = setting{unescape(part[2]), i + 1}
		}
	}
	return m
}

// unescape reads |22 as the character of that code.
func unescape(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '|' && i+2 < len(value) {
			if code, err := strconv.ParseUint(value[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(code))
				i += 2
				continue
			}
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

func (m *machine) is(key, value string) bool { return strings.EqualFold(m.set[key].value, value) }

var drive = regexp.MustCompile(`^((?:scsi|sata|ide|nvme)\d+:\d+)\.filename$`)

// drives are the keys of the disks of a VM, without ".filename": not of CD drives, and of
// none that is not present.
func (m *machine) drives() []string {
	var all []string
	for key, s := range m.set {
		part := drive.FindStringSubmatch(key)
		if part == nil || m.is(part[1]+".present", "FALSE") || strings.Contains(strings.ToLower(m.set[part[1]+".devicetype"].value), "cdrom") || ext(s.value) != ".vmdk" {
			continue
		}
		all = append(all, part[1])
	}
	slices.Sort(all)
	return all
}

// machine checks what a .vmx names.
func (c *check) machine(m *machine) {
	if m.odd != "" {
		c.find(Finding{Path: m.path, Text: fmt.Sprintf("its encoding %q is not known", m.odd), Hint: "Names that are not ASCII are compared as they are.", Note: true})
	}
	for _, d := range m.drives() {
		s := m.set[d+".filename"]
		c.named(m.path, s.line, s.value, "it names", "Restore the VM with its other disks, or remove the line of "+d+" before it is registered.")
	}
	c.nvram(m)
	if s := m.set["checkpoint.vmstate"]; s.value != "" {
		c.named(m.path, s.line, s.value, "the VM was suspended, and its memory is", "Empty the line checkpoint.vmState before it is registered: the VM then starts as after a power failure.")
	}
	if s := m.set["encryption.keysafe"]; s.value != "" {
		c.find(Finding{Path: m.path, Line: s.line, Text: "the VM is encrypted", Hint: "It starts only at a host that gets its key from the same key provider.", Note: true})
	}
}

// named finds a file that is named and not there. A name with another folder is that of
// another datastore.
func (c *check) named(from string, line int, name, what, hint string) {
	there := path.Join(path.Dir(from), name)
	if _, ok := c.at(there); ok && !strings.ContainsAny(name, `/\`) {
		return
	}
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	if _, ok := c.at(path.Join(path.Dir(from), base)); ok {
		c.find(Finding{Path: from, Line: line, Text: fmt.Sprintf("%s %s, on another datastore; the set holds %s", what, name, base), Hint: fmt.Sprintf("Replace the path by %s before it is registered.", base)})
		return
	}
	c.find(Finding{Path: from, Line: line, Text: fmt.Sprintf("%s %s, which is not in the set", what, name), Hint: hint})
}

// nvram: without it an EFI VM has lost its boot entries, and the keys of Secure Boot and TPM.
func (c *check) nvram(m *machine) {
	if !m.is("firmware", "efi") {
		return
	}
	s := m.set["nvram"]
	if s.value == "" {
		s = setting{strings.TrimSuffix(path.Base(m.path), path.Ext(m.path)) + ".nvram", m.set["firmware"].line}
	}
	c.named(m.path, s.line, s.value, "firmware is EFI, and its settings are in", "The VM starts with empty EFI settings: choose the boot file by hand (Boot from file). A TPM of the VM is lost.")
}
