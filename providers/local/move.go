package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// rename moves from to to, which must be absent, and syncs both folders.
func rename(root *os.Root, from, to string) error {
	if _, err := stat(root, from); err != nil {
		return err
	}
	if _, err := stat(root, to); !isMissing(err) {
		if err == nil {
			return fs.ErrExist
		}
		return err
	}
	if strings.HasPrefix(to, from+"/") {
		return fmt.Errorf("into itself: %w", fs.ErrInvalid)
	}
	if err := makeDirs(root, path.Dir(to), anyDir); err != nil {
		return err
	}
	if err := move(root, from, to); err != nil {
		return moved(err)
	}
	return errors.Join(syncDir(root, path.Dir(to)), syncDir(root, path.Dir(from)))
}
