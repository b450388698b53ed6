package lock

import (
	"strings"
	"time"
)

// Holder is who holds a lock, as the name of its file says.
type Holder struct {
	ID   string // of the process, random
	Host string // of the machine and user; "" where the name is not ours
	// Since is when it was taken, by the holder's clock; zero where the name is
	// not ours.
	Since time.Time
	name  string
}

// sinceLayout is in capitals; a name has it in lower case, which servers that fold
// names keep. Both are read: older versions wrote capitals.
const sinceLayout = "20060102T150405Z"

func newHolder(id, host string, since time.Time) Holder {
	since = since.UTC().Truncate(time.Second)
	return Holder{id, host, since, id + "~" + host + "~" + strings.ToLower(since.Format(sinceLayout))}
}

// parseHolder takes a name that is not ours for an ID: it was put there to keep
// others out.
func parseHolder(name string) Holder {
	parts := strings.Split(name, "~")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" {
		return Holder{ID: name, name: name}
	}
	since, err := time.Parse(sinceLayout, strings.ToUpper(parts[2]))
	if err != nil {
		return Holder{ID: name, name: name}
	}
	return Holder{parts[0], parts[1], since, name}
}

// of reports whether the holder is of the same machine and user as another. Older
// versions kept the capitals of its name.
func (h Holder) of(other Holder) bool { return strings.EqualFold(h.Host, other.Host) }

// String is the name of the file of the lock: ID~HOST~SINCE.
func (h Holder) String() string { return h.name }

// Who says who and since when. It may hold a hostile name.
func (h Holder) Who() string {
	if h.Host == "" {
		return "an unknown process, which left a file with the name " + h.name
	}
	return h.Host + " since " + h.Since.Format(time.RFC3339)
}
