package program_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply/program"
)

func TestLines_breaksAtEndsAndWhereThereIsNone(t *testing.T) {
	long := strings.Repeat("x", program.MaxLine)
	for _, c := range []struct {
		writes, want []string
	}{
		{nil, nil},
		{[]string{"a\nb\n"}, []string{"a", "b"}},
		{[]string{"a", "b\r\nc"}, []string{"ab", "c"}},
		{[]string{"\n\n"}, []string{"", ""}},
		{[]string{long + "yy"}, []string{long, "yy"}},
		{[]string{long, long, "\nz\n"}, []string{long, long, "", "z"}},
	} {
		var got []string
		l := program.NewLines(func(line string) { got = append(got, line) })
		for _, w := range c.writes {
			fmt.Fprint(l, w)
		}
		l.End()
		if !slices.Equal(got, c.want) {
			t.Errorf("%.40q: got %.40q, want %.40q", c.writes, got, c.want)
		}
	}
}
