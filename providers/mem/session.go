package mem

import (
	"bytes"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

// Session is a file as a session of a server holds it that stores one: what it
// writes goes to the file that it opened, also once that has another name, or
// none.
type Session struct {
	store *Store
	file  *node
	at    int
}

// Begin opens p as STOR does: it makes the file, or empties the one that is there,
// in which others may be writing.
func (s *Store) Begin(p string) (*Session, error) {
	if err := inside(p); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digest = ""
	dir, err := s.root.mkdirs(path.Dir(p), s.time())
	if err != nil {
		return nil, err
	}
	file := dir.entries[path.Base(p)]
	if file == nil {
		file = &node{kind: providers.Regular}
		dir.entries[path.Base(p)] = file
	}
	if file.kind != providers.Regular {
		return nil, errNotRegular
	}
	file.content, file.modTime = nil, s.time()
	return &Session{store: s, file: file}, nil
}

// Write writes b behind what this session has written. Where the file was
// emptied since, zeros fill the gap.
func (f *Session) Write(b []byte) (int, error) {
	f.store.mu.Lock()
	defer f.store.mu.Unlock()
	f.store.digest = ""
	content := bytes.Clone(f.file.content)
	if short := f.at - len(content); short > 0 {
		content = append(content, make([]byte, short)...)
	}
	tail := content[min(f.at+len(b), len(content)):]
	f.file.content = append(append(content[:f.at:f.at], b...), tail...)
	f.at += len(b)
	return len(b), nil
}
