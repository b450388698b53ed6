package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/state/config"
)

// request is an HTTP request that can be sent again.
type request struct {
	method, url string
	headers     http.Header
	body        []byte
}

func (s Sender) webhook(ctx context.Context, w config.Webhook, r Report) (message, error) {
	q := request{method: w.Method, headers: http.Header{}}
	var m message
	var err error
	if q.url, err = s.url(ctx, &m, w.URL); err != nil {
		return m, err
	}
	body, err := r.fill(cmp.Or(w.Body, "{{.report}}"))
	if err != nil {
		return m, refusal{fmt.Errorf("body: %w", err), ""}
	}
	if q.method != http.MethodGet {
		q.body = []byte(body)
		q.headers.Set("Content-Type", contentType(q.body))
	}
	for name, v := range w.Headers {
		text, secret, err := s.value(ctx, v)
		if err != nil {
			return m, err
		}
		if secret {
			m.secrets = append(m.secrets, text)
		}
		q.headers.Set(name, text)
	}
	m.send = func(ctx context.Context) error { return s.request(ctx, q) }
	return m, nil
}

func contentType(body []byte) string {
	if json.Valid(body) {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}

// pingBody is the most that healthchecks.io reads.
const pingBody = 100_000

func (s Sender) healthchecks(ctx context.Context, h config.Healthchecks, v config.Verdict, r Report, log []byte) (message, error) {
	var m message
	base, err := s.url(ctx, &m, h.PingURL)
	if err != nil {
		return m, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return m, refusal{errURL, ""}
	}
	body := r.Text()
	switch v {
	case config.VerdictStart:
		u, body = u.JoinPath("start"), ""
	case config.VerdictFailure:
		u = u.JoinPath("fail")
	}
	if h.SendLog && v != config.VerdictStart {
		body = withLog(body, log)
	}
	if r.Run != "" {
		query := u.Query()
		query.Set("rid", runUUID(r.Run))
		u.RawQuery = query.Encode()
	}
	q := request{method: http.MethodPost, url: u.String(), headers: http.Header{}, body: []byte(body[:min(len(body), pingBody)])}
	q.headers.Set("Content-Type", "text/plain; charset=utf-8")
	m.send = func(ctx context.Context) error { return s.request(ctx, q) }
	return m, nil
}

// runUUID names a run to healthchecks.io, which joins the begin and the end of one
// by it and takes UUIDs alone (healthchecks.io/docs/http_api): version 8 of
// RFC 9562, made of a sum.
func runUUID(run string) string {
	id := sha256.Sum256([]byte("vmxsync run " + run))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

// withLog puts the end of the log under a text, as much as is read.
func withLog(text string, log []byte) string {
	const title = "\nLog:\n"
	room := max(pingBody-len(text)-len(title), 0)
	return text + title + string(log[max(len(log)-room, 0):])
}

var errURL = errors.New("the URL is invalid")

// url is where a request goes. What a reference stands for is proven here,
// where it is first seen.
func (s Sender) url(ctx context.Context, m *message, v config.Value) (string, error) {
	text, secret, err := s.value(ctx, v)
	if err != nil {
		return "", err
	}
	m.secrets = append(m.secrets, text)
	if u, err := url.Parse(text); err == nil {
		parts := []string{strings.Trim(u.EscapedPath(), "/"), strings.Trim(u.Path, "/"), u.RawQuery}
		m.secrets = append(m.secrets, slices.DeleteFunc(parts, func(p string) bool { return len(p) < 6 })...)
	}
	if err := config.CheckURL(text); err != nil && secret {
		return "", refusal{fmt.Errorf("the value of %s: %w", v.Reference, err), ""}
	}
	return text, nil
}

// maxAnswer is how much of an answer is read, so that the connection can end
// well.
const maxAnswer = 64 << 10

func (s Sender) request(ctx context.Context, q request) error {
	req, err := http.NewRequestWithContext(ctx, q.method, q.url, bytes.NewReader(q.body))
	if err != nil {
		return refusal{errURL, ""}
	}
	req.Header = q.headers.Clone()
	req.Header.Set("User-Agent", "vmxsync")
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(req)
	if err != nil {
		return withoutURL(err)
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)) // what it says is of no use to us
	return judge(answer.StatusCode)
}

// withoutURL drops the address from an error: it may be a secret.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func judge(status int) error {
	err := fmt.Errorf("the server answered %d %s", status, http.StatusText(status))
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return refusal{err, "The server redirects to another URL, which vmxsync does not follow: use that URL."}
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return err
	}
	return refusal{err, "Check that the URL is still valid and is the one that the service expects."}
}
