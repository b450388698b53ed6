package disk

import (
	"io/fs"
	"path"
	"sync"
	"time"

	"github.com/spf13/afero"
)

// Ghosts are entries that listings show and no disk could hold, by folder.
type Ghosts struct {
	mu   sync.Mutex
	held map[string][]fs.FileInfo
}

// Add makes listings of dir, a folder as clients name it, show names besides what is
// there. They are sent as they are: nothing is too hostile. A mode of fs.ModeDir makes
// them folders, 0 files of one byte.
func (g *Ghosts) Add(dir string, mode fs.FileMode, names ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held == nil {
		g.held = make(map[string][]fs.FileInfo)
	}
	for _, name := range names {
		g.held[dir] = append(g.held[dir], ghost{name, mode})
	}
}

func (g *Ghosts) in(dir string) []fs.FileInfo {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held[path.Clean(dir)]
}

// ReadDir implements ftpserver.ClientDriverExtensionFileList.
func (d plain) ReadDir(name string) ([]fs.FileInfo, error) {
	files, err := afero.ReadDir(d.Fs, name)
	return append(files, d.ghosts.in(name)...), err
}

// ghost is one entry that is nowhere.
type ghost struct {
	name string
	mode fs.FileMode
}

func (g ghost) Name() string       { return g.name }
func (g ghost) Size() int64        { return 1 }
func (g ghost) Mode() fs.FileMode  { return g.mode | 0o755 }
func (g ghost) ModTime() time.Time { return time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC) }
func (g ghost) IsDir() bool        { return g.mode.IsDir() }
func (g ghost) Sys() any           { return nil }
