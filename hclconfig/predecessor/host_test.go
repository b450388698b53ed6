package predecessor

import (
	"fmt"
	"net"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// This package imports nothing that reaches a network, and splits as net does.
func TestHostPort_asNetDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a\[\]:25+-]{0,8}`).Draw(t, "text")
		h, p, err := net.SplitHostPort(text)
		n, notNumber := strconv.Atoi(p)
		want := err == nil && notNumber == nil
		host, port, ok := splitHostPort(text)
		if ok != want || ok && (host != h || port != n) {
			t.Errorf("%q: got %q, %d, %v; want %q, %s, %v", text, host, port, ok, h, p, want)
		}
		if got, want := joinHostPort(text, 21), net.JoinHostPort(text, fmt.Sprint(21)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
