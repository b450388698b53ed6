package diff_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// server is one with that certificate and that key, each a letter.
func server(cert, key string) known.Server {
	return known.Server{
		Certificate: strings.TrimSuffix(strings.Repeat(cert+cert+":", 32), ":"),
		Key:         "sha256//" + strings.Repeat(key, 42) + "A=",
		From:        noon.AddDate(0, 0, -1), Until: noon.AddDate(0, 3, -1),
	}
}

// meets lets nas show a certificate, and its record another.
func (w *world) meets(now, recorded known.Server) *world {
	if !recorded.IsZero() {
		recorded.Seen = noon.AddDate(0, -2, 0)
	}
	return w.change("nas", func(inv *state.Inventory) { inv.Server, inv.Known.Server = now, recorded })
}

func hasNotice(p *diff.Plan, code string) bool {
	for _, n := range p.Notices {
		if n.Code == code {
			return true
		}
	}
	return false
}

// settled is a world in which nothing is to be done and nothing has changed.
func settled() *world {
	here := sets(state.Complete, 20, 21)
	return newWorld().holds("nas", here...).holds("vmx", here[1]).recorded(here...)
}

func TestServer_isRecordedAtFirst(t *testing.T) {
	w := settled().meets(server("A", "K"), known.Server{})
	p := w.compute(t)
	if hasNotice(p, "server-replaced") || hasNotice(p, "server-renewed") {
		t.Errorf("got %v", say(p))
	}
	r := recordOf(t, p)
	if want := server("A", "K"); r.Server.Certificate != want.Certificate || !r.Server.Seen.Equal(noon) {
		t.Errorf("got %+v", r.Server)
	}
	w.change("nas", func(inv *state.Inventory) { inv.Known = r })
	if nas, _ := w.compute(t).Place("nas"); nas.Known != nil {
		t.Errorf("it is written every night: %+v", nas.Known)
	}
	w.change("nas", func(inv *state.Inventory) { inv.Server = known.Server{} })
	if nas, _ := w.compute(t).Place("nas"); nas.Known != nil {
		t.Errorf("it is forgotten where the server shows none: %+v", nas.Known)
	}
}

func TestServer_withAnotherKeyIsAWarningUntilItIsRecorded(t *testing.T) {
	now, before := server("B", "L"), server("A", "K")
	w := settled().meets(now, before)
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "server-replaced", "nas: its TLS certificate has another key than before. Now "+now.Certificate+", valid from 2026-11-21 to 2027-02-21; "+
		"before, and since 2026-09-22, "+before.Certificate+", valid from 2026-11-21 to 2027-02-21. "+
		"It may have been renewed, or this is another server: compare with the fingerprint on the server (openssl x509 -noout -fingerprint -sha256 -in cert.pem). "+
		"The next apply records it and ends this warning.")
	if len(p.Failures()) != 0 {
		t.Errorf("a renewal fails the night: %v", p.Failures())
	}
	r := recordOf(t, p)
	if r.Server.Certificate != now.Certificate || !r.Server.Seen.Equal(noon) {
		t.Fatalf("got %+v", r.Server)
	}
	w.change("nas", func(inv *state.Inventory) { inv.Known = r })
	if p := w.compute(t); hasNotice(p, "server-replaced") {
		t.Errorf("got %v", say(p))
	}
}

func TestServer_withTheSameKeyIsANote(t *testing.T) {
	w := settled().meets(server("B", "K"), server("A", "K"))
	p := w.compute(t)
	notice(t, p, "server-renewed")
	if hasNotice(p, "server-replaced") || recordOf(t, p).Server.Certificate != server("B", "K").Certificate {
		t.Errorf("got %v, %+v", say(p), recordOf(t, p).Server)
	}
}

// Several servers behind one name change places every night: their pins end that.
func TestServer_thatIsPinnedIsANote(t *testing.T) {
	w := settled().meets(server("B", "L"), server("A", "K"))
	w.change("nas", func(inv *state.Inventory) { inv.ServerPinned = true })
	p := w.compute(t)
	notice(t, p, "server-renewed")
	if hasNotice(p, "server-replaced") {
		t.Errorf("got %v", say(p))
	}
}

// What vanished together with the certificate is most likely on the other server.
func TestServer_isNotRecordedWhileSetsHaveVanished(t *testing.T) {
	for _, pinned := range []bool{false, true} {
		w := settled()
		w.recorded(append(sets(state.Complete, 20, 21), sets(state.Complete, 18)...)...).meets(server("B", "L"), server("A", "K"))
		w.change("nas", func(inv *state.Inventory) { inv.ServerPinned = pinned })
		for day := range 3 {
			p := w.compute(t)
			if got := notice(t, p, "vanished"); !strings.Contains(got, "last seen 2026-11-21. The TLS certificate of the server has another key than before, too: it may be another server.") {
				t.Errorf("day %d: got %s", day, got)
			}
			if got := notice(t, p, "server-replaced"); !strings.Contains(got, "once the loss of the vanished sets is accepted") {
				t.Errorf("day %d: got %s", day, got)
			}
			nas, _ := p.Place("nas")
			if nas.Known == nil {
				continue
			}
			if nas.Known.Server.Certificate != server("A", "K").Certificate {
				t.Fatalf("day %d: got %+v", day, nas.Known.Server)
			}
			w.change("nas", func(inv *state.Inventory) { inv.Known = nas.Known })
		}
		w.options.Accept = []string{"nas/Bart"}
		if r := recordOf(t, w.compute(t)); r.Server.Certificate != server("B", "L").Certificate {
			t.Errorf("got %+v", r.Server)
		}
	}
}
