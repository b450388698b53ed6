package relay

import (
	"net"
	"time"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// data continues one data connection to the passive port of the server.
func (r *Relay) data(client *net.TCPConn, port int) {
	r.countData()
	l, leave := r.dial(client, port)
	if l == nil {
		return
	}
	defer leave()
	l.rate = true
	l.run(upload(r.Script, r.Counts), download(r.Script))
}

// dial opens the other half of a link. Without a server the client is reset.
func (r *Relay) dial(client *net.TCPConn, port int) (l *link, leave func()) {
	opened := time.Now()
	server, err := net.DialTCP("tcp4", nil, &net.TCPAddr{IP: testserver.Loopback, Port: port})
	if err != nil {
		reset(client)
		return nil, nil
	}
	return &link{ctx: r.ctx, script: r.Script, client: client, server: server, opened: opened, fate: r.draw()}, r.Enter(server)
}

func upload(s *Script, c *Counts) judge {
	var passed int64
	return func(p []byte) ([]byte, verdict) {
		c.countUpload(len(p))
		f := s.current()
		before := passed
		passed += int64(len(p))
		switch {
		case reached(f.CutUpload, passed) && s.fire(CutUpload):
			return upTo(p, f.CutUpload-before), cut
		case reached(f.HoldUpload, passed) && s.fire(HoldUpload):
			return upTo(p, f.HoldUpload-before), hold
		}
		return p, pass
	}
}

func download(s *Script) judge {
	var passed int64
	return func(p []byte) ([]byte, verdict) {
		f := s.current()
		before := passed
		passed += int64(len(p))
		switch {
		case reached(f.HoldDownload, passed) && s.fire(HoldDownload):
			return upTo(p, f.HoldDownload-before), hold
		case reached(f.EndDownload, passed) && s.fire(EndDownload):
			return upTo(p, f.EndDownload-before), end
		}
		return p, pass
	}
}

func reached(limit, passed int64) bool { return limit > 0 && passed >= limit }

// upTo is the part of p that still passes. The limit may lie before p, if it
// was set when more had passed already.
func upTo(p []byte, n int64) []byte { return p[:max(n, 0)] }
