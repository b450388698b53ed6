package facts

import (
	"fmt"
	"net"
	"regexp"
	"strconv"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
)

// Notes of the fact "passive" for ports that cannot be reached.
const (
	onlyPASV = "the port for EPSV cannot be reached, the port for PASV can: set epsv = false"
	noPort   = "the announced port cannot be reached: open the passive ports of the server in its firewall"
)

var (
	extendedReply = regexp.MustCompile(`\(\|\|\|(\d+)\|\)`)                 // RFC 2428
	strictReply   = regexp.MustCompile(`\((\d+,\d+,\d+,\d+),(\d+),(\d+)\)`) // as RFC 959 writes it
	looseReply    = regexp.MustCompile(`(\d+,\d+,\d+,\d+),(\d+),(\d+)`)     // RFC 1123, 4.1.2.6: to be scanned for
)

// passive tries the port that the server offers for data connections.
func passive(_ Account, ss *command.Session) (providers.Fact, error) {
	if ss.Dialer.AvoidsEPSV() {
		return providers.Fact{Name: "passive", Value: "EPSV", Note: onlyPASV, Less: true}, nil
	}
	if ss.Dialer.Settings.EPSV {
		text, err := answer(ss, "EPSV")
		if err != nil {
			return providers.Fact{}, err
		}
		if port := extendedReply.FindStringSubmatch(text); port != nil {
			return extendedPassive(ss, port[1])
		}
	}
	return oldPassive(ss)
}

func extendedPassive(s *command.Session, port string) (providers.Fact, error) {
	f := providers.Fact{Name: "passive", Value: "EPSV"}
	if reaches(s, port) {
		return f, nil
	}
	old, err := oldPassive(s)
	f.Note, f.Less = noPort, true
	if err == nil && old.Value == "PASV" && old.Note != noPort {
		f.Note = onlyPASV
	}
	return f, err
}

// oldPassive is about PASV, and how its reply is worded.
func oldPassive(s *command.Session) (providers.Fact, error) {
	f := providers.Fact{Name: "passive", Value: "PASV"}
	text, err := answer(s, "PASV")
	if err != nil {
		return f, err
	}
	address := looseReply.FindStringSubmatch(text)
	switch {
	case text == "":
		f.Value, f.Note, f.Less = "refused", "no file can be sent and no folder listed: allow passive connections on the server", true
	case address == nil:
		f.Note, f.Less = fmt.Sprintf("the reply %q contains no address: update the server, or set epsv = true", text), true
	case !reaches(s, portOf(address[2], address[3])):
		f.Note, f.Less = noPort, true
	case !strictReply.MatchString(text):
		f.Note, f.Less = fmt.Sprintf("its reply is invalid (%q)", text), true
	case !s.Dialer.Settings.EPSV:
		f.Note = "epsv = false"
	}
	return f, nil
}

func portOf(high, low string) string {
	h, _ := strconv.Atoi(high)
	l, _ := strconv.Atoi(low)
	return strconv.Itoa(h<<8 | l)
}

// reaches connects to a port of the server, and says nothing there.
func reaches(s *command.Session, port string) bool {
	host, _, err := net.SplitHostPort(s.Dialer.Settings.Address())
	if err != nil {
		return false
	}
	c, err := s.Dialer.Connect(s.Life, net.JoinHostPort(host, port))
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// deadPort gives an error the way out that the facts before it have shown.
func deadPort(facts []providers.Fact, err error) error {
	for _, f := range facts {
		switch {
		case f.Name == "passive" && f.Note == onlyPASV:
			return providers.WithHint(err, "The port for EPSV cannot be reached, the port for PASV can: set epsv = false.")
		case f.Name == "passive" && f.Note == noPort:
			return providers.WithHint(err, "The passive ports of the server cannot be reached: open them in its firewall.")
		}
	}
	return err
}
