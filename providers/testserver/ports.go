package testserver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// All ports lie below 32768, where Linux begins to hand out ports to clients,
// and control ports apart from passive ones: a control port that is free and
// claimed is still free a moment later.
const (
	Host         = "127.0.0.1"
	controlFirst = 20000
	controlLast  = 23999
	passiveFirst = 24000
	passiveLast  = 31999
	passiveCount = 50 // ports of one server: 160 servers have their own
)

// ErrNoPort: every port is taken.
var ErrNoPort = errors.New("no free port from 20000 to 23999 on 127.0.0.1")

// Loopback is Host as an address.
var Loopback = net.IPv4(127, 0, 0, 1)

// Listen opens the control port wanted, or any free one if that is 0.
func Listen(ip net.IP, wanted int) (l *net.TCPListener, err error) {
	if wanted != 0 {
		return ListenAt(ip, wanted)
	}
	err = eachPort(func(port int) error {
		release, err := claim(ip, port)
		if err != nil {
			return err
		}
		defer release()
		l, err = ListenAt(ip, port)
		return err
	})
	return l, err
}

// ListenAt opens that very port.
func ListenAt(ip net.IP, port int) (*net.TCPListener, error) {
	return net.ListenTCP("tcp4", &net.TCPAddr{IP: ip, Port: port})
}

// FreePort finds a control port for a server that will open it by itself. It
// stays claimed until release.
func FreePort() (port int, release func(), err error) {
	err = eachPort(func(p int) error {
		port = p
		release, err = claim(Loopback, p)
		if err != nil {
			return err
		}
		l, err := ListenAt(Loopback, p)
		if err != nil {
			release()
			return err
		}
		return l.Close()
	})
	return port, release, err
}

// claim keeps other servers of this package away from a port, also those of
// other processes, by holding the UDP port of the same number.
func claim(ip net.IP, port int) (release func(), err error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: ip, Port: port})
	if err != nil {
		return nil, err
	}
	return func() { c.Close() }, nil
}

// eachPort tries the control ports, beginning anywhere, until one will do.
func eachPort(try func(port int) error) error {
	const n = controlLast - controlFirst + 1
	start := rand.IntN(n)
	for i := range n {
		if try(controlFirst+(start+i)%n) == nil {
			return nil
		}
	}
	return ErrNoPort
}

// PortOf is the port of a listener.
func PortOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// PortRange is where one server opens its passive ports.
type PortRange struct{ First, Last int }

// PassivePorts finds a range that no other server has until release: one that
// opens its ports on all addresses would find none free where a relay listens
// on the whole range of another. When there is no such range, one is shared.
func PassivePorts() (found PortRange, release func()) {
	const blocks = (passiveLast - passiveFirst + 1) / passiveCount
	start := rand.IntN(blocks)
	for i := range blocks {
		first := passiveFirst + (start+i)%blocks*passiveCount
		found = PortRange{first, first + passiveCount - 1}
		if release, err := claim(Loopback, first); err == nil {
			return found, release
		}
	}
	return found, func() {}
}

// Join writes the range with sep between its ends.
func (r PortRange) Join(sep string) string { return fmt.Sprintf("%d%s%d", r.First, sep, r.Last) }
