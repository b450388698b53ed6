package state

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Stamp is the civil time in the name of a set, as "2006-01-02-150405". Zone
// and DST do not exist for it, and its order as a string is its order in time.
type Stamp string

const stampFormat = "2006-01-02-150405"

// NewStamp takes the civil fields of t as they are, in t's own location.
func NewStamp(t time.Time) Stamp { return Stamp(t.Format(stampFormat)) }

// ParseStamp accepts exactly what NewStamp makes.
func ParseStamp(s string) (Stamp, error) {
	t, err := time.Parse(stampFormat, s)
	if err != nil || t.Format(stampFormat) != s {
		return "", fmt.Errorf("%q is not the time of a set: want 2006-01-02-150405", s)
	}
	return Stamp(s), nil
}

// Civil returns the fields of the stamp as a time in UTC, which stands for no
// zone here: use it for calendar arithmetic only. A stamp that did not come
// from NewStamp or ParseStamp gives the zero time.
func (s Stamp) Civil() time.Time {
	t, _ := time.Parse(stampFormat, string(s))
	return t
}

// In reads the stamp as wall clock time of a location.
func (s Stamp) In(loc *time.Location) time.Time {
	t, _ := time.ParseInLocation(stampFormat, string(s), loc)
	return t
}

// Key names a set at whatever place: a VM and a time.
type Key struct {
	VM    string `json:"vm"`
	Stamp Stamp  `json:"stamp"`
}

// String is the address without its place: "Bart/2026-11-21-010000".
func (k Key) String() string { return k.VM + "/" + string(k.Stamp) }

// Decorated is the key as one path element: "Bart~2026-11-21-010000".
func (k Key) Decorated() string { return k.VM + "~" + string(k.Stamp) }

// ParseDecorated undoes Decorated. VM names may contain "~": the stamp has a
// fixed width, so that the last one decides.
func ParseDecorated(s string) (Key, error) {
	i := strings.LastIndexByte(s, '~')
	if i <= 0 {
		return Key{}, fmt.Errorf("%q is not VM~TIME", s)
	}
	stamp, err := ParseStamp(s[i+1:])
	if err != nil {
		return Key{}, err
	}
	return Key{VM: s[:i], Stamp: stamp}, nil
}

// Compare orders keys by VM, then by time, oldest first.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.VM, o.VM), cmp.Compare(k.Stamp, o.Stamp))
}

// Address is the full name of a set: "nas/Bart/2026-11-21-010000".
func Address(place string, k Key) string { return place + "/" + k.String() }

// Scope names a group, one VM at one destination: "nas/Bart".
func Scope(place, vm string) string { return place + "/" + vm }

// SplitAddress undoes Address.
func SplitAddress(address string) (place string, k Key, err error) {
	parts := strings.Split(address, "/")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" {
		return "", Key{}, fmt.Errorf("%q is not an address: want destination/vm/2006-01-02-150405", address)
	}
	stamp, err := ParseStamp(parts[2])
	return parts[0], Key{VM: parts[1], Stamp: stamp}, err
}
