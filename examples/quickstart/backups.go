package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const diskBytes = 4 << 20

// writeSet makes one finished backup: a virtual disk of random bytes, its
// descriptor, and the configuration of the VM, all as old as the backup.
func writeSet(dir, vm string, at time.Time) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	disk := make([]byte, diskBytes)
	rand.NewChaCha8(sha256.Sum256([]byte(dir))).Read(disk)
	for name, content := range map[string][]byte{
		vm + "-flat.vmdk": disk,
		vm + ".vmdk":      []byte("# Disk DescriptorFile\nversion=1\n"),
		vm + ".vmx":       []byte("displayName = \"" + vm + "\"\n"),
	} {
		p := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(p, content, 0o644), os.Chtimes(p, at, at)); err != nil {
			return err
		}
	}
	return os.Chtimes(dir, at, at)
}

// sameOnDisk compares every local file with the one on the server's disk.
func (s *demo) sameOnDisk() error {
	local := filepath.Join(s.dir, "backups")
	compared := 0
	err := filepath.WalkDir(local, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(local, p)
		if err != nil {
			return err
		}
		if !bytes.Equal([]byte(readFile(p)), []byte(readFile(filepath.Join(s.server.Root, rel)))) {
			return fmt.Errorf("%s on the server's disk is not the local file", rel)
		}
		compared++
		return nil
	})
	if err != nil {
		return err
	}
	if compared != 27 {
		return fmt.Errorf("compared %d files, want 27", compared)
	}
	fmt.Printf("\n(All %d files on the server's disk are equal to the local ones.)\n", compared)
	return nil
}

// readFile is the content, or "" for a missing file: the comparison finds that.
func readFile(p string) string {
	content, _ := os.ReadFile(p)
	return string(content)
}
