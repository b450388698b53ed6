package ftp_test

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// factsOf are the values by name, after a look that nothing was written.
func factsOf(t *testing.T, srv *ftptest.Server, s *ftp.Store) map[string]string {
	t.Helper()
	facts, err := s.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, f := range facts {
		told[f.Name] = f.Value
	}
	entries, err := os.ReadDir(srv.Root)
	if err != nil || len(entries) > 0 {
		t.Errorf("on the disk: %v, %v, want nothing", entries, err)
	}
	return told
}

func wantFacts(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if !strings.HasPrefix(got[name], value) || value == "" && got[name] != "" {
			t.Errorf("%s: got %q, want %q", name, got[name], value)
		}
	}
}

func TestFacts_areThoseOfTheRealServer(t *testing.T) {
	t.Parallel()
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		for name, o := range realModes(real) {
			t.Run(real.Name+"/"+name, func(t *testing.T) {
				srv := ftptest.NewReal(t, real.Name, o)
				told := factsOf(t, srv, open(t, settingsFor(srv), srv.Password))
				wantFacts(t, told, realFacts(real.Facts))
				wantFacts(t, told, tlsFacts(real.Name, o))
			})
		}
	}
}

func realFacts(f ftptest.Facts) map[string]string {
	pick := func(yes bool, is, not string) string {
		if yes {
			return is
		}
		return not
	}
	return map[string]string{
		"listings": pick(f.MLSD, "MLSD", "LIST"),
		"passive":  pick(f.EPSV, "EPSV", "PASV"),
		"resume":   pick(f.Resume || f.RestEmpties, "REST ", "REST not offered"),
		"sums":     pick(f.Hash, "HASH ", "not offered"),
		"mkd":      pick(f.MakesAgain, "accepted for an existing folder", "refused with 550"),
	}
}

// tlsFacts: every server but one resumes the session of its control connection.
func tlsFacts(name string, o ftptest.RealOptions) map[string]string {
	switch {
	case o.TLS == ftptest.Off:
		return map[string]string{"tls": "off", "tls-sessions": ""}
	case o.MaxTLS == tls.VersionTLS12 || name == "pyftpdlib":
		return map[string]string{"tls": "TLS 1.", "tls-sessions": "resumed"}
	case name == "pure-ftpd":
		return map[string]string{"tls": "TLS 1.3", "tls-sessions": "not resumed"}
	}
	return map[string]string{"tls": "TLS 1.3", "tls-sessions": "resumed"}
}

func TestFacts_nameWhatIsMissing(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{DisableMLSD: true})
	settings := settingsFor(srv)
	settings.EPSV = false
	store := open(t, settings, srv.Password)
	if _, ok := providers.As[providers.Describer](store); !ok {
		t.Error("the store describes nothing")
	}
	told := factsOf(t, srv, store)
	wantFacts(t, told, map[string]string{"listings": "LIST", "passive": "PASV", "links": "none seen yet", "tls": "off"})
	for _, command := range srv.Commands() {
		if strings.HasPrefix(command, "EPSV") {
			t.Errorf("sent %q against epsv = false", command)
		}
	}
}

func TestFacts_doNotMakeAMissingRoot(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	settings := settingsFor(srv)
	settings.Root = "/missing"
	_, err := open(t, settings, srv.Password).Facts(t.Context())
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(providers.Hint(err), "create it") {
		t.Errorf("got %v, hint %q", err, providers.Hint(err))
	}
	if _, err := os.Stat(srv.Root + "/missing"); err == nil {
		t.Error("the root was made")
	}
}
