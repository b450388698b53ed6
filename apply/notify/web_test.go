package notify_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// web is an HTTP server that answers with the codes in turn, then with 200.
type web struct {
	*httptest.Server
	mu    sync.Mutex
	codes []int
	got   []asked
}

type asked struct {
	method, path string
	header       http.Header
	body         string
}

func webServer(t *testing.T, codes ...int) *web {
	w := &web{codes: codes}
	w.Server = httptest.NewServer(http.HandlerFunc(w.answer))
	t.Cleanup(w.Close)
	return w
}

func (w *web) answer(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.got = append(w.got, asked{r.Method, r.URL.RequestURI(), r.Header, string(body)})
	if len(w.codes) > 0 {
		out.Header().Set("Location", "/elsewhere")
		out.WriteHeader(w.codes[0])
		w.codes = w.codes[1:]
		io.WriteString(out, "\x1b[2J"+canary)
	}
}

func (w *web) requests() []asked {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.got
}

func hookTo(url string) config.Notify {
	return config.Notify{Name: "chat", Type: "webhook", On: append(config.Verdicts(), config.VerdictStart), Webhook: &config.Webhook{
		URL: config.Value{Literal: url}, Method: "POST",
		Headers: map[string]config.Value{"Authorization": {Reference: providers.Reference{Kind: "env", Name: "T"}}, "X-From": {Literal: "us"}},
	}}
}

func TestSend_webhookGetsTheReport(t *testing.T) {
	w, waits := webServer(t), 0
	n := hookTo(w.URL + "/a?b=c")
	if err := sender(&waits).Send(t.Context(), n, config.VerdictFailure, applied(), []byte("log")); err != nil {
		t.Fatal(err)
	}
	got := w.requests()[0]
	if got.method != "POST" || got.path != "/a?b=c" || got.header.Get("X-From") != "us" || got.header.Get("Authorization") != canary {
		t.Errorf("got %+v", got)
	}
	var r notify.Report
	if err := json.Unmarshal([]byte(got.body), &r); err != nil || r.Event != "failure" || r.Done.Failed != 1 || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %v from %s (%s)", err, got.body, got.header.Get("Content-Type"))
	}
}

func TestSend_webhookHasABodyOfTheUsersOwn(t *testing.T) {
	for _, c := range []struct {
		method string
		body   config.Template
		want   string
		kind   string
	}{
		{"POST", `{"text": {{json .summary}}}`, `{"text": "FAILED; 1 of 2 uploaded, 1 failed"}`, "application/json"},
		{"PUT", "{{.event}} {{.result}} {{.exit_code}} {{.added}}/{{.failed}}\n", "failure failure 3 1/1\n", "text/plain; charset=utf-8"},
		{"GET", "ignored", "", ""},
	} {
		w, waits := webServer(t), 0
		n := hookTo(w.URL)
		n.Webhook.Method, n.Webhook.Body = c.method, c.body
		if err := sender(&waits).Send(t.Context(), n, config.VerdictFailure, applied(), nil); err != nil {
			t.Fatal(err)
		}
		if got := w.requests()[0]; got.method != c.method || got.body != c.want || got.header.Get("Content-Type") != c.kind {
			t.Errorf("got %+v, want %+v", got, c)
		}
	}
}

// Begin and end of a run are joined by a UUID (healthchecks.io takes no other).
func TestSend_healthchecksPingsWhatFits(t *testing.T) {
	const rid = "a48bcb1f-60a8-8d28-a5a3-291bc210d065"
	for _, c := range []struct {
		v       config.Verdict
		sendLog bool
		path    string
		body    func(body string) bool
	}{
		{config.VerdictStart, true, "/ping/uuid/start?create=1&rid=" + rid, func(b string) bool { return b == "" }},
		{config.VerdictSuccess, false, "/ping/uuid?create=1&rid=" + rid, func(b string) bool { return strings.Contains(b, "1 uploaded") && !strings.Contains(b, "LOG") }},
		{config.VerdictWarning, false, "/ping/uuid?create=1&rid=" + rid, func(b string) bool { return strings.Contains(b, "1 uploaded") }},
		{config.VerdictFailure, false, "/ping/uuid/fail?create=1&rid=" + rid, func(b string) bool { return strings.Contains(b, "nas: full") && !strings.Contains(b, "LOG") }},
		{config.VerdictFailure, true, "/ping/uuid/fail?create=1&rid=" + rid, func(b string) bool {
			return strings.Contains(b, "nas: full") && strings.HasSuffix(b, "LOG\n") && len(b) == 100_000
		}},
	} {
		w, waits := webServer(t), 0
		n := config.Notify{Name: "check", Type: "healthchecks", On: append(config.Verdicts(), config.VerdictStart),
			Healthchecks: &config.Healthchecks{PingURL: config.Value{Literal: w.URL + "/ping/uuid?create=1"}, SendLog: c.sendLog}}
		if err := sender(&waits).Send(t.Context(), n, c.v, applied(), []byte(strings.Repeat("x", 200_000)+"LOG\n")); err != nil {
			t.Fatal(err)
		}
		if got := w.requests()[0]; got.path != c.path || !c.body(got.body) {
			t.Errorf("%s: got %s with %d bytes: %.300s", c.v, got.path, len(got.body), got.body)
		}
	}
}

func TestSend_webhookIsTriedWhereThatMayHelp(t *testing.T) {
	for _, c := range []struct {
		codes []int
		asked int
		ok    bool
		hint  bool
	}{
		{[]int{500, 503}, 3, true, false},
		{[]int{429}, 2, true, false},
		{[]int{500, 500, 500}, 3, false, false},
		{[]int{404}, 1, false, true},
		{[]int{302}, 1, false, true},
		{[]int{204}, 1, true, false},
	} {
		w, waits := webServer(t, c.codes...), 0
		err := sender(&waits).Send(t.Context(), hookTo(w.URL), config.VerdictSuccess, applied(), nil)
		if (err == nil) != c.ok || len(w.requests()) != c.asked || waits != c.asked-1 || (providers.Hint(err) != "") != c.hint {
			t.Errorf("%v: got %v (hint %q) after %d requests and %d waits", c.codes, err, providers.Hint(err), len(w.requests()), waits)
		}
	}
}

func TestSend_webhookWaitsNoLongerThanItsLimit(t *testing.T) {
	w := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer w.Close()
	waits := 0
	s := sender(&waits)
	s.Limit = time.Millisecond
	err := s.Send(t.Context(), hookTo(w.URL), config.VerdictSuccess, applied(), nil)
	if err == nil || waits != 2 || !strings.Contains(err.Error(), "no answer within 1ms") {
		t.Errorf("got %v after %d waits", err, waits)
	}
}

// No error shows what a reference stands for, however it comes about.
func TestSend_webhookShowsNoSecret(t *testing.T) {
	w := webServer(t, 500, 500, 500)
	closed := webServer(t)
	closed.Close()
	for _, url := range []string{
		w.URL + "/" + canary, closed.URL + "/" + canary, "https://" + canary + ".invalid/", "ftp://" + canary, "http://u:" + canary + "@host/", "http://host:port/" + canary, canary,
	} {
		waits := 0
		s := sender(&waits)
		s.Secrets = func(context.Context, providers.Reference) (string, error) { return url, nil }
		n := hookTo("")
		n.Webhook.URL, n.Webhook.Headers = config.Value{Reference: providers.Reference{Kind: "env", Name: "CHAT_URL"}}, nil
		err := s.Send(t.Context(), n, config.VerdictSuccess, applied(), nil)
		if err == nil || slices.ContainsFunc([]string{"Zx9", "%C2%A7"}, func(part string) bool { return strings.Contains(err.Error(), part) }) {
			t.Errorf("%s: got %v", url, err)
		}
	}
}
