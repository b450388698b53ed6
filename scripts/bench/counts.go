package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// counts are what a relay saw of one run. Under TLS it sees nothing.
type counts struct {
	seen     bool
	commands map[string]int // by verb
	data     int            // data connections
}

func countsOf(r *ftptest.Relay, tls ftptest.TLS) counts {
	if tls != ftptest.Off {
		return counts{}
	}
	return counts{seen: true, commands: r.Commands(), data: r.DataConnections()}
}

// total is the number of all commands.
func (c counts) total() int {
	n := 0
	for _, of := range c.commands {
		n += of
	}
	return n
}

// String lists the verbs, from the most frequent one.
func (c counts) String() string {
	verbs := slices.SortedFunc(maps.Keys(c.commands), func(a, b string) int {
		if c.commands[a] != c.commands[b] {
			return c.commands[b] - c.commands[a]
		}
		return strings.Compare(a, b)
	})
	var all []string
	for _, verb := range verbs {
		all = append(all, fmt.Sprintf("%s %d", verb, c.commands[verb]))
	}
	return strings.Join(all, ", ")
}
