package relay

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

var (
	inPASV = regexp.MustCompile(`\d+,\d+,\d+,\d+,(\d+),(\d+)`)
	inEPSV = regexp.MustCompile(`\(\|\|\|(\d+)\|\)`)
)

// passive opens a port for one data connection and puts it into the reply.
func (r *Relay) passive(line string) string {
	port := 0
	if m := inPASV.FindStringSubmatch(line); m != nil {
		port = number(m[1])<<8 | number(m[2])
	} else if m := inEPSV.FindStringSubmatch(line); m != nil {
		port = number(m[1])
	}
	own, err := r.once(port)
	if port == 0 || err != nil {
		return fmt.Sprintf("425 relay: no data connection for %q: %v\r\n", line, err)
	}
	if strings.HasPrefix(line, "227") {
		return fmt.Sprintf("227 Entering Passive Mode (127,0,0,1,%d,%d).\r\n", own>>8, own&255)
	}
	return fmt.Sprintf("229 Entering Extended Passive Mode (|||%d|)\r\n", own)
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// once listens for one data connection and continues it to port.
func (r *Relay) once(port int) (own int, err error) {
	l, err := testserver.Listen(testserver.Loopback, 0)
	if err != nil {
		return 0, err
	}
	leave := r.Enter(l)
	go func() {
		defer leave()
		client, err := l.AcceptTCP()
		l.Close()
		if err == nil {
			defer r.Enter(client)()
			r.data(client, port)
		}
	}()
	return testserver.PortOf(l), nil
}
