package known

// Moves is what a destination has renamed from one folder into another.
type Moves string

// The kinds of renames. Who moves folders moves files.
const (
	MovesFiles   Moves = "files"
	MovesFolders Moves = "folders"
)

// Cover reports whether what was seen proves that want works.
func (m Moves) Cover(want Moves) bool { return want == "" || m == want || m == MovesFolders }
