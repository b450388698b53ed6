package ftp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/providertest"
)

// amount is so many files of one size.
type amount struct {
	name  string
	size  int64
	times int
}

// sample is what every run sends to each cell, and full what make matrix sends.
var (
	sample = []amount{{"0 B", 0, 1}, {"1 B", 1, 1}, {"14 KiB", 14 << 10, 1}, {"64 KiB", 64 << 10, 1}, {"8 MiB", 8 << 20, 1}, {"200 MiB", 200 << 20, 0}}
	full   = []amount{{"0 B", 0, 20}, {"1 B", 1, 20}, {"14 KiB", 14 << 10, 20}, {"64 KiB", 64 << 10, 20}, {"8 MiB", 8 << 20, 20}, {"200 MiB", 200 << 20, 1}}
)

// row is how many of the uploads of each amount arrived whole in one cell.
type row struct {
	cell  cell
	whole []int
}

// thorough tells that make matrix asks for all of it.
func thorough() bool { return os.Getenv("VMXSYNC_MATRIX") != "" }

func TestMatrix_everyUploadIsWhole(t *testing.T) {
	t.Parallel()
	amounts := sample
	if thorough() {
		amounts = full
	}
	var rows []row
	for _, c := range cells() {
		t.Run(c.String(), func(t *testing.T) { rows = append(rows, row{c, sendAll(t, c, amounts)}) })
	}
	table := tableOf(amounts, rows)
	t.Logf("uploads that are whole on the disk of the server:\n%s", table)
	if thorough() && len(rows) == len(cells()) {
		document(t, table)
	}
}

// sendAll uploads all amounts to a cell.
func sendAll(t *testing.T, c cell, amounts []amount) []int {
	srv := c.start(t)
	store := open(t, settingsFor(srv), srv.Password)
	whole := make([]int, len(amounts))
	for i, a := range amounts {
		began := time.Now()
		for n := range a.times {
			body := providertest.Noise(uint64(n), a.size)
			name := fmt.Sprintf("%d-%d", a.size, n)
			if err := store.Put(t.Context(), name, body); err != nil {
				t.Errorf("%s, upload %d: %v", a.name, n+1, err)
			} else if expectWhole(t, srv, name, body) {
				whole[i]++
			}
			os.Remove(filepath.Join(srv.Root, name))
		}
		t.Logf("%d x %s: %s with sums", a.times, a.name, time.Since(began).Round(time.Millisecond))
	}
	return whole
}

// tableOf is the table of docs/servers.md.
func tableOf(amounts []amount, rows []row) string {
	head, line := "| server | mode |", "|---|---|"
	for _, a := range amounts {
		head, line = head+" "+a.name+" |", line+"---|"
	}
	table := head + "\n" + line + "\n"
	for _, r := range rows {
		table += r.cell.row()
		for i, a := range amounts {
			table += " " + share(r.whole[i], a.times) + " |"
		}
		table += "\n"
	}
	return table
}

func (c cell) row() string { return fmt.Sprintf("| %s | %s |", c.server, c.mode) }

func share(whole, of int) string {
	if of == 0 {
		return "not tried"
	}
	return fmt.Sprintf("%d of %d", whole, of)
}

// The table in docs/servers.md stands between these lines.
const (
	matrixBegins = "<!-- make matrix writes this table -->\n"
	matrixEnds   = "<!-- end of the table -->\n"
)

var servers = filepath.Join("..", "..", "docs", "servers.md")

// documented splits docs/servers.md around its table.
func documented(t *testing.T) (before, table, after string) {
	t.Helper()
	text, err := os.ReadFile(servers)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), matrixBegins)
	table, after, ends := strings.Cut(rest, matrixEnds)
	if !begins || !ends {
		t.Fatalf("%s has no table between %q and %q", servers, matrixBegins, matrixEnds)
	}
	return before, table, after
}

// document writes the table of a full run.
func document(t *testing.T, table string) {
	t.Helper()
	before, _, after := documented(t)
	text := before + matrixBegins + table + matrixEnds + after
	if err := os.WriteFile(servers, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMatrix_isDocumented(t *testing.T) {
	_, table, _ := documented(t)
	lines := strings.Split(strings.TrimSpace(table), "\n")
	all := cells()
	lines = slices.DeleteFunc(lines[2:], func(l string) bool { // of servers that are not there
		return !slices.ContainsFunc(all, func(c cell) bool { return strings.HasPrefix(l, "| "+c.server+" |") })
	})
	if got, want := len(lines), len(all); got != want {
		t.Errorf("%d lines in the table of %s, want %d: run make matrix", got, servers, want)
	}
	for _, c := range all {
		want := c.row()
		for _, a := range full {
			want += " " + share(a.times, a.times) + " |"
		}
		if !strings.Contains(table, want+"\n") {
			t.Errorf("%s has no line %q: run make matrix", servers, want)
		}
	}
}
