package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Rename moves from to to, which must be absent, and syncs both folders.
func Rename(root *os.Root, from, to string) error {
	if _, err := Stat(root, from); err != nil {
		return err
	}
	if _, err := Stat(root, to); !IsMissing(err) {
		if err == nil {
			return fs.ErrExist
		}
		return err
	}
	if strings.HasPrefix(to, from+"/") {
		return fmt.Errorf("into itself: %w", fs.ErrInvalid)
	}
	if err := MakeDirs(root, path.Dir(to), anyDir); err != nil {
		return err
	}
	if err := renameTo(root, from, to); err != nil {
		return moved(err)
	}
	return errors.Join(SyncDir(root, path.Dir(to)), SyncDir(root, path.Dir(from)))
}
