package state

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Manifest lists what a complete set consists of. As a file it is readable by
// sha256sum -c: all that sums do not need is in lines that begin with "#".
//
//	# vmxsync.manifest/1
//	# address: Bart/2026-11-21-010000
//	# run: 6f1c0e8a2b9d4c71
//	# owner: office
//	# verified: size
//	# blocks: 1043 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
//	# size: 3174 Bart.vmx
//	# mtime: 2026-11-21T00:12:31.5Z Bart.vmx
//	9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  Bart.vmx
//	# end 1 5c0a...
//
// The last line holds the number of files and the SHA-256 of all lines before
// it: a manifest without it is torn.
type Manifest struct {
	Key Key    `json:"key"`
	Run string `json:"run,omitempty"` // of the apply that wrote it
	// Owner is the name of the configuration that made the set; "" in manifests of
	// versions that did not write it, whose sets are taken for the owner's.
	Owner    string `json:"owner,omitempty"`
	Verified string `json:"verified,omitempty"` // how the upload was verified: "size", "hash", "readback", Adopted, ReadBack
	// NoSums is true where no sums are known, because the set was adopted.
	NoSums bool `json:"no_sums,omitempty"`
	// Blocks identifies the block sums beside the manifest; nil where the set has none.
	Blocks *BlocksRef     `json:"blocks,omitempty"`
	Files  []ManifestFile `json:"files,omitempty"` // sorted by path
}

// BlocksRef identifies the file BlocksName of a set.
type BlocksRef struct {
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // hex, 64 digits
}

// ManifestFile is one file of a set.
type ManifestFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"` // hex, 64 digits; "" with NoSums
	// MTime is that of the file at the source which was sent; zero where it is not
	// known, as in manifests of versions that did not write it.
	MTime time.Time `json:"mtime,omitzero"`
}

// The errors of ParseManifest.
var (
	ErrTorn  = errors.New("manifest is torn")
	ErrNewer = errors.New("manifest is of a newer format")
)

const (
	manifestFormat = "vmxsync.manifest/"
	// MaxManifest is the size of the largest manifest that is read, in bytes.
	MaxManifest = 64 << 20
)

// Encode writes the manifest. Its files must be sorted and carry names that
// providers.CheckPath accepts.
func (m Manifest) Encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s1\n# address: %s\n# run: %s\n# verified: %s\n", manifestFormat, m.Key, m.Run, m.Verified)
	if m.Owner != "" {
		fmt.Fprintf(&b, "# owner: %s\n", oneLine(m.Owner))
	}
	if m.NoSums {
		b.WriteString("# sums: none\n")
	}
	if m.Blocks != nil {
		fmt.Fprintf(&b, "# blocks: %d %s\n", m.Blocks.Size, m.Blocks.SHA256)
	}
	for _, f := range m.Files {
		fmt.Fprintf(&b, "# size: %d %s\n", f.Size, f.Path)
		if !f.MTime.IsZero() {
			fmt.Fprintf(&b, "# mtime: %s %s\n", f.MTime.UTC().Format(time.RFC3339Nano), f.Path)
		}
	}
	for _, f := range m.Files {
		if !m.NoSums {
			fmt.Fprintf(&b, "%s  %s\n", f.SHA256, f.Path)
		}
	}
	return WithEnd(b.Bytes(), len(m.Files))
}

// oneLine lets no name end its line.
func oneLine(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
}

// ParseManifest reads what Encode wrote. Its errors wrap ErrTorn or ErrNewer.
// Unknown comment lines are skipped, so that a later minor format can be read.
func ParseManifest(data []byte) (*Manifest, error) {
	first, _, _ := strings.Cut(string(data), "\n")
	if version, ok := strings.CutPrefix(first, "# "+manifestFormat); ok && version != "1" && isNumber(version) {
		return nil, fmt.Errorf("%s%s: %w", manifestFormat, version, ErrNewer)
	} else if version != "1" {
		return nil, torn("its first line is not that of a manifest")
	}
	body, count, err := CutEnd(data)
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	sums := map[string]string{}
	for line := range strings.Lines(string(body)) {
		if err := m.line(strings.TrimSuffix(line, "\n"), sums); err != nil {
			return nil, err
		}
	}
	return m, m.join(sums, count)
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil
}

func torn(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTorn, fmt.Sprintf(format, args...))
}

func (m *Manifest) line(line string, sums map[string]string) error {
	comment, ok := strings.CutPrefix(line, "# ")
	if !ok {
		sum, name, ok := strings.Cut(line, "  ")
		if !ok || !IsSum(sum) || sums[name] != "" {
			return torn("a line is not a checksum: %q", line)
		}
		sums[name] = sum
		return nil
	}
	name, value, _ := strings.Cut(comment, ": ")
	switch name {
	case "address":
		return m.address(value)
	case "run":
		m.Run = value
	case "verified":
		m.Verified = value
	case "owner":
		m.Owner = value
	case "sums":
		m.NoSums = value == "none"
	case "blocks":
		return m.blocks(value)
	case "size":
		return m.size(value)
	case "mtime":
		m.mtime(value)
	}
	return nil
}

func (m *Manifest) address(value string) error {
	vm, stamp, _ := strings.Cut(value, "/")
	parsed, err := ParseStamp(stamp)
	if err != nil || vm == "" {
		return torn("its address is invalid: %q", value)
	}
	m.Key = Key{VM: vm, Stamp: parsed}
	return nil
}

func (m *Manifest) blocks(value string) error {
	number, sum, _ := strings.Cut(value, " ")
	size, err := strconv.ParseInt(number, 10, 64)
	if err != nil || size < 0 || !IsSum(sum) {
		return torn("its block sums are invalid: %q", value)
	}
	m.Blocks = &BlocksRef{Size: size, SHA256: sum}
	return nil
}

// IsSum reports whether a text is a SHA-256 in hex.
func IsSum(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 64
}

func (m *Manifest) size(value string) error {
	number, name, _ := strings.Cut(value, " ")
	size, err := strconv.ParseInt(number, 10, 64)
	if err != nil || size < 0 || providers.CheckPath(name) != nil {
		return torn("a size is invalid: %q", value)
	}
	m.Files = append(m.Files, ManifestFile{Path: name, Size: size})
	return nil
}

// mtime follows the size of its file. One that cannot be read is not known.
func (m *Manifest) mtime(value string) {
	text, name, _ := strings.Cut(value, " ")
	t, err := time.Parse(time.RFC3339Nano, text)
	if last := len(m.Files) - 1; err == nil && last >= 0 && m.Files[last].Path == name {
		m.Files[last].MTime = t.UTC()
	}
}

// mtimeStep is the coarsest step of the times of files on a disk: that of FAT.
const mtimeStep = 2 * time.Second

// Rewritten lists the files of a set at its source that were written after they
// were sent, as far as their times show, sorted. Only newer times count: a file
// that is restored or copied may carry an older one. A difference of one hour
// between times that a FAT disk can hold is that of summer time; a backup of the
// repeated hour in October has times of another kind.
func (m *Manifest) Rewritten(files []File) []string {
	sent := make(map[string]time.Time, len(m.Files))
	for _, f := range m.Files {
		sent[f.Path] = f.MTime
	}
	var names []string
	for _, f := range files {
		at := sent[f.Path]
		if at.IsZero() || f.ModTime.IsZero() {
			continue
		}
		later := f.ModTime.Sub(at)
		summer := later == time.Hour && at.Equal(at.Truncate(mtimeStep))
		if later > mtimeStep && !summer {
			names = append(names, f.Path)
		}
	}
	return names
}

// join brings sizes and sums together and proves that both name the same files.
func (m *Manifest) join(sums map[string]string, count int) error {
	want := len(m.Files)
	if m.NoSums {
		want = 0
	}
	if len(m.Files) != count || len(sums) != want || m.Key == (Key{}) {
		return torn("it names %d files, %d sums, and should name %d", len(m.Files), len(sums), count)
	}
	ordered := slices.IsSortedFunc(m.Files, func(a, b ManifestFile) int { return strings.Compare(a.Path, b.Path) })
	for i := range m.Files {
		f := &m.Files[i]
		f.SHA256 = sums[f.Path]
		if !ordered || !m.NoSums && f.SHA256 == "" || i > 0 && m.Files[i-1].Path == f.Path {
			return torn("its sums and sizes do not name the same files")
		}
	}
	return nil
}

// Fits returns how the files of a set differ from the manifest; "" if not at all.
func (m *Manifest) Fits(k Key, files []File) string {
	if m.Key != k {
		return fmt.Sprintf("its manifest is that of %s", m.Key)
	}
	named := make(map[string]int64, len(m.Files))
	for _, f := range m.Files {
		named[f.Path] = f.Size
	}
	for _, f := range files {
		size, ok := named[f.Path]
		switch {
		case !ok:
			return fmt.Sprintf("%s is not in its manifest", f.Path)
		case size != f.Size:
			return fmt.Sprintf("%s has %d bytes, its manifest says %d", f.Path, f.Size, size)
		}
		delete(named, f.Path)
	}
	for _, f := range m.Files {
		if _, missing := named[f.Path]; missing {
			return fmt.Sprintf("%s is missing", f.Path)
		}
	}
	return ""
}
