package ftptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// dialogue is a client that says what the test tells it to.
type dialogue struct {
	*textproto.Conn
	t      *testing.T
	host   string      // of data connections
	raw    net.Conn    // the control connection below TLS
	tls    *tls.Config // nil in clear
	secure *tls.Conn   // the control connection
}

// dial opens a session with srv at addr, up to its greeting.
func dial(t *testing.T, srv *ftptest.Server, addr string) *dialogue {
	t.Helper()
	d := &dialogue{t: t, host: "127.0.0.1"}
	raw := d.connect(addr)
	d.raw = raw
	if srv.TLS != ftptest.Off {
		d.tls = clientConfig(t, srv)
	}
	if srv.TLS == ftptest.Implicit {
		d.secure = tls.Client(raw, d.tls)
		raw = d.secure
	}
	d.Conn = newConn(raw)
	d.expect(220)
	if srv.TLS == ftptest.Explicit {
		d.say(234, "AUTH TLS")
		d.secure = tls.Client(raw, d.tls)
		d.Conn = newConn(d.secure)
	}
	return d
}

func (d *dialogue) connect(addr string) net.Conn {
	d.t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		d.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(20 * time.Second))
	d.t.Cleanup(func() { c.Close() })
	return c
}

func clientConfig(t *testing.T, srv *ftptest.Server) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(srv.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool, ServerName: srv.Host, ClientSessionCache: &oneSession{}}
}

// oneSession resumes the latest session, for every address.
type oneSession struct{ state *tls.ClientSessionState }

func (o *oneSession) Get(string) (*tls.ClientSessionState, bool) { return o.state, o.state != nil }
func (o *oneSession) Put(_ string, s *tls.ClientSessionState) {
	if s != nil {
		o.state = s
	}
}

func (d *dialogue) expect(code int) string {
	d.t.Helper()
	_, message, err := d.ReadResponse(code)
	if err != nil {
		d.t.Fatalf("want reply %d: %v", code, err)
	}
	return message
}

func (d *dialogue) say(code int, format string, args ...any) string {
	d.t.Helper()
	if err := d.PrintfLine(format, args...); err != nil {
		d.t.Fatal(err)
	}
	return d.expect(code)
}

func (d *dialogue) login(srv *ftptest.Server) {
	d.t.Helper()
	d.say(331, "USER %s", srv.User)
	d.say(230, "PASS %s", srv.Password)
	if d.tls != nil {
		d.say(200, "PBSZ 0")
		d.say(200, "PROT P")
	}
	d.say(200, "TYPE I")
}

// passive opens a data connection, in TLS if the session is.
func (d *dialogue) passive() net.Conn {
	d.t.Helper()
	reply := d.say(227, "PASV")
	var h [4]int
	var hi, lo int
	_, address, _ := strings.Cut(reply, "(")
	if _, err := fmt.Sscanf(address, "%d,%d,%d,%d,%d,%d", &h[0], &h[1], &h[2], &h[3], &hi, &lo); err != nil {
		d.t.Fatalf("reply to PASV %q: %v", reply, err)
	}
	return d.connect(fmt.Sprintf("%s:%d", d.host, hi<<8|lo))
}

// wrapped does the handshake that some servers begin only after their 150.
func (d *dialogue) wrapped(c net.Conn) net.Conn {
	if d.tls == nil {
		return c
	}
	return tls.Client(c, d.tls)
}

// store uploads content and ends a TLS upload as servers want it.
func (d *dialogue) store(path, content string) {
	d.t.Helper()
	d.storeThrough(d.passive(), path, content)
}

func (d *dialogue) storeThrough(raw net.Conn, path, content string) {
	d.t.Helper()
	d.say(1, "STOR %s", path)
	c := d.wrapped(raw)
	if _, err := io.WriteString(c, content); err != nil {
		d.t.Fatal(err)
	}
	if secure, ok := c.(*tls.Conn); ok {
		secure.CloseWrite()
		raw.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, raw)
	}
	c.Close()
	d.expect(226)
}

func (d *dialogue) retrieve(path string) string {
	d.t.Helper()
	raw := d.passive()
	d.say(1, "RETR %s", path)
	content, err := io.ReadAll(d.wrapped(raw))
	if err != nil {
		d.t.Fatal(err)
	}
	raw.Close()
	d.expect(226)
	return string(content)
}

var newConn = textproto.NewConn

// knows reports whether the command has a positive reply.
func (d *dialogue) knows(format string, args ...any) bool {
	d.t.Helper()
	if err := d.PrintfLine(format, args...); err != nil {
		d.t.Fatal(err)
	}
	code, _, err := d.ReadResponse(0)
	if code == 0 {
		d.t.Fatal(err)
	}
	return code < 400
}

// knowsTwice reports whether the command has a positive reply the second time, too.
func (d *dialogue) knowsTwice(format string, args ...any) bool {
	for range 2 {
		if !d.knows(format, args...) {
			return false
		}
	}
	return true
}

// transfer runs a listing command; ok reports whether the server did it.
func (d *dialogue) transfer(command string) (listing string, ok bool) {
	d.t.Helper()
	data := d.passive()
	defer data.Close()
	if !d.knows("%s", command) {
		return "", false
	}
	content, _ := io.ReadAll(data)
	data.Close() // ProFTPD waits for this before its reply
	code, _, _ := d.ReadResponse(0)
	return string(content), code == 226
}

func (d *dialogue) listing(command string) string {
	listing, _ := d.transfer(command)
	return listing
}

func (d *dialogue) lists(command string) bool {
	_, ok := d.transfer(command)
	return ok
}

// resumes reports whether REST works for an upload that goes on at offset of a
// file of five bytes. It is sent just before STOR: servers of the BSD family
// forget it with any other command.
func (d *dialogue) resumes(path string, offset int) bool {
	const whole = "01234567"
	d.store(path, whole[:5])
	data := d.passive()
	defer data.Close()
	if !d.knows("REST %d", offset) {
		return false
	}
	d.storeThrough(data, path, whole[offset:])
	return d.retrieve(path) == whole
}

// empties reports whether REST before STOR loses what was there before.
func (d *dialogue) empties(path string) bool {
	d.store(path, "01234")
	data := d.passive()
	defer data.Close()
	if !d.knows("REST 5") {
		return false
	}
	d.storeThrough(data, path, "567")
	return d.retrieve(path) == "\x00\x00\x00\x00\x00567"
}

// setsTimeByMDTM reports whether MDTM with a time changes it.
func (d *dialogue) setsTimeByMDTM(path string) bool {
	d.knows("MDTM 20210203040506 %s", path)
	return d.say(213, "MDTM %s", path) == "20210203040506"
}
