package confdir

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// Listing is the names in a configuration directory, sorted by purpose.
type Listing struct {
	Config  []string
	Vars    []string // of values, in the order in which they apply
	Notepad []string // with a second extension: not read
	JSON    []string // in JSON syntax: not supported
}

// Read lists a directory.
func Read(dir string) (Listing, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return Listing{}, err
	}
	var l Listing
	var auto []string
	for _, e := range entries {
		switch name := e.Name(); {
		case IsConfig(name):
			l.Config = append(l.Config, name)
		case name == VarsFile:
			l.Vars = append(l.Vars, name)
		case strings.HasSuffix(name, autoVarFiles):
			auto = append(auto, name)
		case strings.HasSuffix(name, notepadFiles):
			l.Notepad = append(l.Notepad, name)
		case strings.HasSuffix(name, jsonFiles):
			l.JSON = append(l.JSON, name)
		}
	}
	l.Vars = append(l.Vars, auto...)
	return l, nil
}

// Configured returns the names of the configuration files in a directory; none if
// the directory does not exist. All files in a directory are one configuration.
func Configured(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var found []string
	for _, e := range entries {
		if name := e.Name(); IsFormatted(name) || strings.HasSuffix(name, jsonFiles) {
			found = append(found, name)
		}
	}
	return found, err
}
