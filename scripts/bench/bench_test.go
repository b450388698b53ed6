package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/scripts/bench/process"
	"github.com/vmxsync/vmxsync/scripts/bench/tool"
)

func TestMedian_isTheMiddleOrTheLowerOne(t *testing.T) {
	for _, c := range []struct {
		values []int
		want   int
	}{{nil, 0}, {[]int{7}, 7}, {[]int{9, 1, 5}, 5}, {[]int{4, 1, 3, 2}, 2}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v: %d, want %d", c.values, got, c.want)
		}
	}
}

func TestSolve_findsTheCostOfEach(t *testing.T) {
	want := cost{once: 20, set: 14, file: 2.5}
	took := func(sets, files int) int {
		return int(want.once + want.set*float64(sets) + want.file*float64(sets*files))
	}
	var counted [3]int
	for i, s := range costShapes(work{}) {
		counted[i] = took(s.sets, s.files)
	}
	if got := solve(counted); got != want {
		t.Errorf("cost %+v, want %+v", got, want)
	}
}

func TestCostShapes_leaveWhatIsSpared(t *testing.T) {
	plain, spared := costShapes(work{}), costShapes(work{spared: 1})
	for i := range plain {
		if spared[i].sets != plain[i].sets+1 || spared[i].files != plain[i].files {
			t.Errorf("shape %v where one set is spared, want one set more than %v", spared[i], plain[i])
		}
	}
}

func TestParseSize_takesUnits(t *testing.T) {
	for text, want := range map[string]int64{"512MiB": 512 << 20, "4GiB": 4 << 30, "16KiB": 16 << 10, "1B": 1} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "-1MiB", "0MiB", "1.5GiB", "9999999GiB", "1MB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is %d bytes, want an error", text, got)
		}
	}
}

func TestParseShape_isWhatStringPrints(t *testing.T) {
	s, err := parseShape("4x5x51")
	if err != nil || s.String() != "4x5x51" || s.allFiles() != 1020 {
		t.Errorf("%v, %v, want 1020 files", s, err)
	}
	for _, text := range []string{"", "4x5", "0x1x1", "4x5x51x2", "4x-5x51"} {
		if s, err := parseShape(text); err == nil {
			t.Errorf("%q is %v, want an error", text, s)
		}
	}
}

func TestParse_quickSetsWhatIsNotGiven(t *testing.T) {
	o, err := parse([]string{"-quick", "-runs=7", "-tls=off,explicit", "-latency=0,20ms", "-file-size=2KiB", "-delete=1x2x3,1x2x6"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]shape{
		large: {{1, 1, 1, 64 << 20}}, small: {{2, 5, 20, 2 << 10}}, plan: {{10, 10, 3, 1024}}, remove: {{1, 2, 3, 2 << 10}, {1, 2, 6, 2 << 10}}, back: {{1, 1, 1, 64 << 20}}, proof: {{1, 1, 1, 64 << 20}},
	}
	if o.runs != 7 || len(o.tls) != 2 || o.latencies[1] != 20*time.Millisecond || !reflect.DeepEqual(o.shapes, want) {
		t.Errorf("%+v", o)
	}
}

func TestParse_refuses(t *testing.T) {
	for _, args := range [][]string{
		{"-work=nothing"}, {"-server=wu-ftpd"}, {"-tls=on"}, {"-latency=-1s"}, {"-rate=20"}, {"-latency=20"}, {"-connections=0"}, {"-runs=x"},
		{"-size=1"}, {"-small=1x1"}, {"-delete=1x1x1"}, {"-into=page.md"}, {"more"},
	} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}

func TestRepeat_leavesOutWhereTheReportWent(t *testing.T) {
	if got := repeat([]string{"-quick", "-into=docs/performance.md#quick", "-runs=2"}); got != "go run ./scripts/bench -quick -runs=2" {
		t.Errorf("%q", got)
	}
}

func TestShape_writesTheSource(t *testing.T) {
	s := shape{vms: 2, sets: 3, files: 2, size: 1000}
	dir, last := t.TempDir(), newest()
	folders := s.folders(last)
	if err := s.write(dir, folders, last); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	if err != nil || len(found) != s.allFiles() {
		t.Errorf("%d files, %v, want %d", len(found), err, s.allFiles())
	}
	oldest, err := os.Stat(filepath.Join(dir, folders[0][0], fileName(0)))
	if err != nil {
		t.Fatal(err)
	}
	if want := last.AddDate(0, 0, -2); !oldest.ModTime().Equal(want) || oldest.Size() != 1000 {
		t.Errorf("%d bytes of %v, want 1000 of %v", oldest.Size(), oldest.ModTime(), want)
	}
	j := job{shape: s, folders: folders}
	if got := len(j.superseded()); got != 4 || len(j.kept()) != 2 {
		t.Errorf("%d sets to delete and %d to keep, want 4 and 2", got, len(j.kept()))
	}
}

func TestCounts_listsVerbsByNumber(t *testing.T) {
	c := counts{seen: true, commands: map[string]int{"USER": 1, "STOR": 10, "EPSV": 10}}
	if got := c.String(); got != "EPSV 10, STOR 10, USER 1" || c.total() != 21 {
		t.Errorf("%q, %d in total", got, c.total())
	}
}

func TestWriteTable_alignsNumbersToTheRight(t *testing.T) {
	var got strings.Builder
	writeTable(&got, 1, []string{"program", "s"}, [][]string{{"–", "10"}, {"curl", "7"}})
	want := "" +
		"| program |  s |\n" +
		"| ------- | -: |\n" +
		"| –       | 10 |\n" +
		"| curl    |  7 |\n"
	if got.String() != want {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
	}
}

// compared is a comparison of the work with runs of so many seconds.
func compared(name string, results ...result) comparison {
	j := job{place: place{server: &ftptest.Server{Name: "vsftpd"}}, shape: shape{vms: 1, sets: 1, files: 1, size: 1 << 30}, connections: 1}
	return comparison{work: worksOf(peers{tool.Found{Vmxsync: []string{"vmxsync"}}})[name], job: j, results: results}
}

func took(seconds ...float64) []process.Usage {
	var all []process.Usage
	for _, s := range seconds {
		all = append(all, process.Usage{Elapsed: time.Duration(s * float64(time.Second)), User: time.Second, System: 2 * time.Second, Peak: 10 << 20})
	}
	return all
}

func TestRows_ratioIsAgainstTheBestPeer(t *testing.T) {
	c := compared(large,
		result{program: program{name: "vmxsync apply", ours: true}, runs: took(4, 4, 9), counts: counts{seen: true, commands: map[string]int{"STOR": 7}, data: 2}},
		result{program: program{name: "curl"}, runs: took(3, 1, 2)},
		result{program: program{name: "rclone"}, runs: took(8, 8, 8)},
		result{program: program{name: "sha256sum", aside: true, offline: true}, runs: took(1, 1, 1)},
		result{program: program{name: "curl, then sha256sum", aside: true}, runs: took(10)},
		result{program: program{name: "lftp"}, err: errors.New("it is\nnot here")},
	)
	want := []string{
		"vsftpd: upload of one file of 1 GiB|vmxsync apply|4.00 s|4.00 s – 9.00 s|0.50|1.00 + 2.00 s/GiB|10 MiB|7|2",
		"|curl|2.00 s|1.00 s – 3.00 s|1.00|1.00 + 2.00 s/GiB|10 MiB|–|–",
		"|rclone|8.00 s|8.00 s – 8.00 s|0.25|1.00 + 2.00 s/GiB|10 MiB|–|–",
		"|sha256sum|1.00 s|1.00 s – 1.00 s|2.00|1.00 + 2.00 s/GiB|10 MiB|–|–",
		"|curl, then sha256sum|10.0 s|10.0 s – 10.0 s|0.20|1.00 + 2.00 s/GiB|10 MiB|–|–",
		"|lftp: not available: it is not here|–|–|–|–|–|–|–",
	}
	for i, row := range c.rows() {
		if got := strings.Join(row, "|"); got != want[i] {
			t.Errorf("row %d:\n%s\nwant:\n%s", i, got, want[i])
		}
	}
	if got := c.againstTheSameWork(); !strings.Contains(got, "ratio 2.50") {
		t.Errorf("%q, want 10 s against 4 s", got)
	}
}

func TestSeconds_haveThreeDigits(t *testing.T) {
	for d, want := range map[time.Duration]string{92 * time.Millisecond: "0.092 s", 1234 * time.Millisecond: "1.23 s", 12345 * time.Millisecond: "12.3 s", 1234 * time.Second: "1234.0 s"} {
		if got := seconds(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestRows_withoutAPeerHaveNoRatio(t *testing.T) {
	c := compared(small, result{program: program{name: "vmxsync apply", ours: true}, runs: took(1)})
	if got := c.rows()[0][4]; got != "–" {
		t.Errorf("ratio %q, want none", got)
	}
}

func TestCostCells_areNumbersOrTheReason(t *testing.T) {
	rows := costCells([]costRow{
		{server: "vsftpd", work: small, program: "curl", commands: cost{8, 5, 2.25}, data: cost{-0.0001, 0, 1}},
		{server: "vsftpd", work: small, program: "lftp", err: errors.New("gone")},
	})
	for i, want := range []string{"vsftpd|small|curl|8|5|2.2|0|0|1", "vsftpd|small|lftp: not available: gone|–|–|–|–|–|–"} {
		if got := strings.Join(rows[i], "|"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestOneLine_isShort(t *testing.T) {
	if got := oneLine(errors.New("a\n" + strings.Repeat("ä", 200))); len([]rune(got)) != 110 || strings.Contains(got, "\n") {
		t.Errorf("%q", got)
	}
	if got := oneLine(errors.New("rclone: exit status 1: 2026/11/30 18:54:25 Failed")); got != "rclone: Failed" {
		t.Errorf("%q", got)
	}
}
