package sent

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// BlockBytes is how much of a file lies between two sums.
const BlockBytes = 64 << 20

const (
	lineBytes  = 64 + 1  // a SHA-256 in hex, and the end of the line
	maxRecord  = 1 << 20 // lines: a file of 64 TiB
	headerLine = 64 << 10
)

// Record is what is known of how a file was read.
type Record struct {
	path   string
	head   []byte // the first line
	blocks int64  // whole ones of the file
	size   int64  // of the file, in bytes
}

// Covers is how many of the first n bytes of the file are known.
func (r *Record) Covers(n int64) int64 {
	return min(int64(len(r.sums())), n/BlockBytes) * BlockBytes
}

// sums are those that were written down, each of all bytes up to the end of its
// block. Whatever cannot be read as such is not known.
func (r *Record) sums() []string {
	f, err := os.Open(r.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, headerLine+maxRecord*lineBytes))
	rest, ours := bytes.CutPrefix(data, r.head)
	if err != nil || !ours {
		return nil
	}
	var sums []string
	for ; len(rest) >= lineBytes && int64(len(sums)) < r.blocks; rest = rest[lineBytes:] {
		line := string(rest[:lineBytes])
		if _, err := hex.DecodeString(line[:64]); err != nil || line[64] != '\n' {
			break
		}
		sums = append(sums, line[:64])
	}
	return sums
}

// write puts the sum of a block in its place, after those that are kept. It is
// on the disk when write returns.
func (r *Record) write(block int, sum string, keep []string) error {
	if block >= maxRecord {
		return nil
	}
	if block == len(keep) { // the first that is new
		if err := r.renew(keep); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(r.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(sum+"\n"), int64(len(r.head)+block*lineBytes))
	return errors.Join(err, f.Sync(), f.Close())
}

// renew begins the record with what is kept of it.
func (r *Record) renew(keep []string) error {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return err
	}
	text := bytes.Clone(r.head)
	for _, sum := range keep {
		text = append(text, sum+"\n"...)
	}
	next := r.path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(next, r.path)
}

// drop forgets all.
func (r *Record) drop() { _ = os.Remove(r.path) }
