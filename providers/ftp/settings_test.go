package ftp_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
)

func TestSettings_namesThePlace(t *testing.T) {
	for want, change := range map[string]func(*ftp.Settings){
		"ftp://backup@nas.example.com:21/vm-backups":   func(*ftp.Settings) {},
		"ftps://backup@nas.example.com:990/vm-backups": func(s *ftp.Settings) { s.TLS = &ftp.TLS{Mode: ftp.Implicit} },
		"ftp://anonymous@nas.example.com:2121/":        func(s *ftp.Settings) { s.Username, s.Root, s.Port = "", "/", 2121 },
		"ftp://backup@[::1]:21/vm-backups":             func(s *ftp.Settings) { s.Host = "::1" },
	} {
		s := sound()
		change(s)
		if got := s.Place(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func sound() *ftp.Settings {
	s := ftp.NewSettings()
	s.Host, s.Username, s.Root = "nas.example.com", "backup", "/vm-backups"
	return s
}

func TestSettings_reportsAllProblemsAtOnce(t *testing.T) {
	s := sound()
	s.Host, s.Port, s.Username, s.Root = "ftp://nas/", 70000, "a\nb", "vm\\backups/"
	s.Connections, s.Keepalive = 0, 0
	s.TLS = &ftp.TLS{Mode: "maybe", MinVersion: "1.1", InsecureSkipVerify: true, CAFile: "ca.pem"}
	var got []string
	for _, p := range s.Check() {
		got = append(got, p.Attribute)
		if p.Summary == "" || p.Detail == "" || p.Warning {
			t.Errorf("%+v", p)
		}
	}
	want := []string{"host", "port", "username", "root", "connections", "keepalive", "tls.mode", "tls.min_version", "tls.insecure_skip_verify"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSettings_reportsAllThatIsWrongWithCertificates(t *testing.T) {
	good := strings.Repeat("0F", 32)
	for _, c := range []struct {
		tls  ftp.TLS
		want []string
	}{
		{ftp.TLS{PinSHA256: []string{good, strings.Repeat("0f:", 31) + "0f", "sha256//" + strings.Repeat("A", 43) + "="}}, nil},
		{ftp.TLS{PinSHA256: []string{good, good[2:], "sha256//AAAA", "x"}}, []string{"tls.pin_sha256[1]", "tls.pin_sha256[2]", "tls.pin_sha256[3]"}},
		{ftp.TLS{PinSHA256: []string{good}, InsecureSkipVerify: true}, []string{"tls.insecure_skip_verify"}},
		{ftp.TLS{PinSHA256: []string{good}, CAFile: "ca.pem"}, []string{"tls.ca_file (warning)"}},
		{ftp.TLS{PinSHA256: []string{good}, Mode: ftp.Off}, []string{"tls.pin_sha256", "tls.mode (warning)"}},
		{ftp.TLS{ClientCert: "c.pem", ClientKey: "k.pem"}, nil},
		{ftp.TLS{ClientCert: "c.pem"}, []string{"tls.client_cert"}},
		{ftp.TLS{ClientKey: "k.pem"}, []string{"tls.client_key"}},
	} {
		s := sound()
		s.TLS = &c.tls
		var got []string
		for _, p := range s.Check() {
			if p.Warning {
				p.Attribute += " (warning)"
			}
			got = append(got, p.Attribute)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %q, want %q", c.tls, got, c.want)
		}
	}
}

func TestSettings_findsNothingWrongWithDefaults(t *testing.T) {
	if got := sound().Check(); len(got) > 0 {
		t.Errorf("got %+v", got)
	}
}

func TestSettings_warnsOfClearTextButNotOnLoopback(t *testing.T) {
	for host, want := range map[string]int{"nas.example.com": 1, "localhost": 0, "127.0.0.1": 0, "::1": 0} {
		s := sound()
		s.Host, s.TLS = host, &ftp.TLS{Mode: ftp.Off}
		got := s.Check()
		if len(got) != want || want == 1 && !got[0].Warning {
			t.Errorf("%s: got %+v, want %d warnings", host, got, want)
		}
	}
}

func TestSettings_surviveAPlanFile(t *testing.T) {
	want := sound()
	want.Password = providers.Reference{Kind: providers.EnvReference, Name: "X"}
	want.TLS = &ftp.TLS{Mode: ftp.Implicit, MinVersion: "1.3", PinSHA256: []string{"x"}, ClientCert: "/c.pem", ClientKey: "/k.pem"}
	want.Encoding, want.Proxy, want.ProxyPassword = "iso-8859-1", "socks5://anna@proxy:1080", want.Password
	want.Transfer = &ftp.Transfer{}
	if err := want.Transfer.RateLimit.UnmarshalText([]byte("08:00,2MiB/s 19:00,off")); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := ftp.Driver.New()
	if err := json.Unmarshal(text, got); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(text) || strings.Contains(string(text), "15000000000") {
		t.Errorf("got %s, want %s", again, text)
	}
}

func TestSettings_refusesWhatTransfersCannotDo(t *testing.T) {
	pins := []string{strings.Repeat("0F", 32)}
	for name, c := range map[string]struct {
		change func(*ftp.Settings)
		want   string
	}{
		"verify":              {func(s *ftp.Settings) { s.Transfer = &ftp.Transfer{Verify: "maybe"} }, "transfer.verify"},
		"curl and pins":       {func(s *ftp.Settings) { s.TLS = &ftp.TLS{PinSHA256: pins} }, "transfer.method"},
		"curl and a proxy":    {func(s *ftp.Settings) { s.Proxy = "socks5://127.0.0.1:1080" }, "transfer.method"},
		"curl and encoding":   {func(s *ftp.Settings) { s.Encoding = "iso-8859-1" }, "transfer.method"},
		"curl and a key pair": {func(s *ftp.Settings) { s.TLS = &ftp.TLS{ClientCert: "c", ClientKey: "k"} }, "transfer.method"},
	} {
		s := sound()
		s.Transfer = &ftp.Transfer{Method: ftp.Curl}
		if got := s.Check(); len(got) > 0 {
			t.Fatalf("curl alone: %+v", got)
		}
		c.change(s)
		if got := s.Check(); len(got) != 1 || got[0].Attribute != c.want {
			t.Errorf("%s: got %+v, want one problem of %s", name, got, c.want)
		}
	}
}
