package predecessor

import (
	"fmt"
	"strconv"
	"strings"
)

// splitHostPort reads "host:port" and "[address]:port" as net.SplitHostPort does, and
// the port as a number.
func splitHostPort(s string) (host string, port int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", 0, false
	}
	host, open := strings.CutPrefix(s[:i], "[")
	host, closed := strings.CutSuffix(host, "]")
	port, err := strconv.Atoi(s[i+1:])
	ok = err == nil && open == closed && !strings.ContainsAny(host, "[]") && (open || !strings.Contains(host, ":"))
	return host, port, ok
}

func joinHostPort(host string, port int) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return fmt.Sprintf("%s:%d", host, port)
}
