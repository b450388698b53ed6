package ftptest

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
	host         = "127.0.0.1"
	controlFirst = 20000
	controlLast  = 23999
	passiveFirst = 24000
	passiveLast  = 31999
	passiveCount = 100 // ports of one server
)

var errNoPort = errors.New("no free port from 20000 to 23999 on 127.0.0.1")

var loopback = net.IPv4(127, 0, 0, 1)

// listen opens the control port wanted, or any free one if that is 0.
func listen(ip net.IP, wanted int) (l *net.TCPListener, err error) {
	if wanted != 0 {
		return listenAt(ip, wanted)
	}
	err = eachPort(func(port int) error {
		release, err := claim(ip, port)
		if err != nil {
			return err
		}
		defer release()
		l, err = listenAt(ip, port)
		return err
	})
	return l, err
}

func listenAt(ip net.IP, port int) (*net.TCPListener, error) {
	return net.ListenTCP("tcp4", &net.TCPAddr{IP: ip, Port: port})
}

// freePort finds a control port for a server that will open it by itself. It
// stays claimed until release.
func freePort() (port int, release func(), err error) {
	err = eachPort(func(p int) error {
		port = p
		release, err = claim(loopback, p)
		if err != nil {
			return err
		}
		l, err := listenAt(loopback, p)
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
	return errNoPort
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// portRange is where one server opens its passive ports.
type portRange struct{ first, last int }

// passivePorts finds a range that no other server has until release: one that
// opens its ports on all addresses would find none free where a relay listens
// on the whole range of another. When there is no such range, one is shared.
func passivePorts() (found portRange, release func()) {
	const blocks = (passiveLast - passiveFirst + 1) / passiveCount
	start := rand.IntN(blocks)
	for i := range blocks {
		first := passiveFirst + (start+i)%blocks*passiveCount
		found = portRange{first, first + passiveCount - 1}
		if release, err := claim(loopback, first); err == nil {
			return found, release
		}
	}
	return found, func() {}
}

func (r portRange) join(sep string) string { return fmt.Sprintf("%d%s%d", r.first, sep, r.last) }
