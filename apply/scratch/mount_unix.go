//go:build unix

package scratch

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// mountBelow is a folder below dir, or dir itself, on which a file system is mounted; "" if
// there is none.
func mountBelow(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if found := mountInfo(dir); found != "" {
		return found
	}
	own, ok := device(dir)
	found := ""
	_ = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil // what cannot be listed cannot be deleted either
		}
		if is, known := device(p); ok && known && is != own {
			found = p
			return filepath.SkipAll
		}
		return nil
	})
	return found
}

func device(p string) (uint64, bool) {
	info, err := os.Lstat(p)
	if err != nil {
		return 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return uint64(st.Dev), true
}

// mountInfo asks the list of mounts that Linux has: a bind mount may be of the same device.
func mountInfo(dir string) string {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		if p := unescaped(fields[4]); p == dir || strings.HasPrefix(p, dir+"/") {
			return p
		}
	}
	return ""
}

// unescaped undoes the octal escapes of mountinfo: "\040" is a blank.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
