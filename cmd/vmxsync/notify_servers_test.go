package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vmxsync/vmxsync/apply/notify/mailtest"
)

// The servers that receive notifications. A script names a file, into which each
// writes what it has received so far.

type mailKey struct{ name string }

func mailserverVerb(ts *testscript.TestScript, neg bool, args []string) {
	o := mailtest.Options{TLS: "off"}
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "tls":
			o.TLS = value
		case "password":
			o.User, o.Password = "u", value
		default:
			ts.Fatalf("mailserver has no option %q", name)
		}
	}
	s, err := mailtest.Start(o)
	ts.Check(err)
	ts.Defer(func() { s.Close() })
	ca := ts.MkAbs(args[0] + ".pem")
	ts.Check(os.WriteFile(ca, s.CA, 0o644))
	ts.Setenv(args[0]+"_HOST", s.Host)
	ts.Setenv(args[0]+"_PORT", strconv.Itoa(s.Port))
	ts.Setenv(args[0]+"_CA", ca)
	values(ts)[mailKey{args[0]}] = s
}

func mailsVerb(ts *testscript.TestScript, neg bool, args []string) {
	s, ok := values(ts)[mailKey{args[0]}].(*mailtest.Server)
	if !ok {
		ts.Fatalf("no mail server is called %s", args[0])
	}
	letters, err := s.Letters()
	ts.Check(err)
	var b strings.Builder
	for _, l := range letters {
		fmt.Fprintf(&b, "From: %s\nTo: %s\nTLS: %v\nSubject: %s\n\n%s", l.From, strings.Join(l.To, ", "), l.Safe, l.Subject, l.Text)
		for _, name := range slices.Sorted(maps.Keys(l.Attached)) {
			fmt.Fprintf(&b, "\nAttached: %s\n%s", name, l.Attached[name])
		}
		b.WriteString("\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(b.String(), "\r\n", "\n")), 0o644))
}

type webKey struct{ name string }

// web is an HTTP server that answers 200, or the code at the end of the path: /answer/404.
type web struct {
	mu  sync.Mutex
	got strings.Builder
}

func (w *web) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(&w.got, "%s %s token=%s\n%s\n", r.Method, r.URL.Path, r.Header.Get("X-Token"), body)
	if _, code, ok := strings.Cut(r.URL.Path, "/answer/"); ok {
		if n, err := strconv.Atoi(code); err == nil {
			out.WriteHeader(n)
		}
	}
}

func webserverVerb(ts *testscript.TestScript, neg bool, args []string) {
	w := &web{}
	s := httptest.NewTLSServer(w)
	ts.Defer(s.Close)
	ca := ts.MkAbs(args[0] + ".pem")
	ts.Check(os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644))
	ts.Setenv(args[0]+"_URL", s.URL)
	ts.Setenv(args[0]+"_CA", ca)
	values(ts)[webKey{args[0]}] = w
}

func requestsVerb(ts *testscript.TestScript, neg bool, args []string) {
	w, ok := values(ts)[webKey{args[0]}].(*web)
	if !ok {
		ts.Fatalf("no web server is called %s", args[0])
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(w.got.String()), 0o644))
	w.got.Reset()
}

type serversKey struct{}

// values returns the servers of one script.
func values(ts *testscript.TestScript) map[any]any { return ts.Value(serversKey{}).(map[any]any) }
