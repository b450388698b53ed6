package scratch

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
)

// Mark is whose folder it is.
type Mark struct {
	Site  string // name of the configuration
	Drill string
	Run   string // id of the drill
	Host  string
	PID   int // of the process that made it
}

// MarkName is the name of the mark in the folder.
const MarkName = "vmxsync.drill"

const (
	markFormat = "vmxsync.scratch/1"
	maxMark    = 16 << 10 // bytes
)

type markJSON struct {
	Format string `json:"format"`
	Site   string `json:"site"`
	Drill  string `json:"drill"`
	Run    string `json:"run"`
	Host   string `json:"host"`
	PID    int    `json:"pid"`
}

func (m Mark) encode() []byte {
	data, err := json.Marshal(markJSON{markFormat, m.Site, m.Drill, m.Run, m.Host, m.PID})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return append(data, '\n')
}

var errMark = errors.New("not the mark of a drill")

func parseMark(data []byte) (Mark, error) {
	var doc markJSON
	if err := json.Unmarshal(data, &doc); err != nil || doc.Format != markFormat {
		return Mark{}, errMark
	}
	return Mark{doc.Site, doc.Drill, doc.Run, doc.Host, doc.PID}, nil
}

// readMark reads the mark of a folder below root: a regular file that no link leads to.
func readMark(root *os.Root, folder string) (Mark, error) {
	p := path.Join(folder, MarkName)
	info, err := root.Lstat(p)
	if err != nil {
		return Mark{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxMark {
		return Mark{}, fmt.Errorf("%s: %w", p, errMark)
	}
	data, err := root.ReadFile(p)
	if err != nil {
		return Mark{}, err
	}
	return parseMark(data)
}
