package config

import (
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// Notify is where an apply sends its result. It is in plans as it
// is, and holds no secret.
type Notify struct {
	Name         string        `json:"name"`
	Type         string        `json:"type"` // "mail", "webhook", "healthchecks"
	On           []Verdict     `json:"on"`
	Mail         *Mail         `json:"mail,omitempty"`
	Webhook      *Webhook      `json:"webhook,omitempty"`
	Healthchecks *Healthchecks `json:"healthchecks,omitempty"`
}

// The types of notifications.
const (
	MailNotify         = "mail"
	WebhookNotify      = "webhook"
	HealthchecksNotify = "healthchecks"
)

// Verdict is the result of an apply that is sent.
type Verdict string

// The verdicts.
const (
	VerdictStart   Verdict = "start"   // it begins
	VerdictSuccess Verdict = "success" // exit code 0
	VerdictFailure Verdict = "failure" // any other
	VerdictWarning Verdict = "warning" // exit code 0, and something to look at
)

// Verdicts are those that end an apply; all are sent unless others are named.
func Verdicts() []Verdict { return []Verdict{VerdictSuccess, VerdictFailure, VerdictWarning} }

// Mail is sent by SMTP.
type Mail struct {
	From     string              `json:"from"`
	To       []string            `json:"to"`
	Host     string              `json:"host"`
	Port     int                 `json:"port"`
	TLS      string              `json:"tls"` // "starttls", "implicit", "off"
	Username string              `json:"username,omitempty"`
	Password providers.Reference `json:"password,omitzero"`
	Subject  Template            `json:"subject,omitempty"` // "": what was done in a line
}

// The ways to a mail server.
const (
	StartTLS    = "starttls"
	ImplicitTLS = "implicit"
	NoTLS       = "off"
)

// MailPorts are the usual ports.
var MailPorts = map[string]int{StartTLS: 587, ImplicitTLS: 465, NoTLS: 25}

// Webhook is an HTTP request.
type Webhook struct {
	URL     Value            `json:"url"`
	Method  string           `json:"method"`
	Headers map[string]Value `json:"headers,omitempty"`
	Body    Template         `json:"body,omitempty"` // "": the report as JSON
}

// Healthchecks pings a check of healthchecks.io, or of a server like it.
type Healthchecks struct {
	PingURL Value `json:"ping_url"`
	SendLog bool  `json:"send_log,omitempty"`
}

// Value is a text, or where to find it when it is needed.
type Value struct {
	Literal   string              `json:"literal,omitempty"`
	Reference providers.Reference `json:"reference,omitzero"`
}

const (
	maxNotifyName = 128      // bytes
	maxNotifyList = 256      // addresses, or headers
	maxNotifyText = 64 << 10 // bytes of one text
	maxAddress    = 500      // bytes: a line of a mail has at most 998 (RFC 5322, 2.1.1)
)

// Check reports all that is wrong, each with its attribute.
func (n Notify) Check() []providers.Problem {
	var found problems
	if n.Name == "" || len(n.Name) > maxNotifyName {
		found.add("", "Invalid name", "The name of a notify has 1 to %d bytes.", maxNotifyName)
	}
	switch {
	case n.Type == MailNotify && n.Mail != nil:
		n.Mail.check(&found)
	case n.Type == WebhookNotify && n.Webhook != nil:
		n.Webhook.check(&found)
	case n.Type == HealthchecksNotify && n.Healthchecks != nil:
		n.Healthchecks.PingURL.checkURL("ping_url", &found)
	default:
		found.add("", "Invalid type", "A notify of type %q cannot be sent.", n.Type)
	}
	n.checkOn(&found)
	return found
}

// checkOn allows start only for receivers that distinguish it from an end.
func (n Notify) checkOn(found *problems) {
	can := Verdicts()
	if n.Type != MailNotify {
		can = append(can, VerdictStart)
	}
	for _, v := range n.On {
		if !slices.Contains(can, v) {
			found.add("on", "Invalid occasion", "on: %q is not one of %s.", string(v), listed(can))
			return
		}
	}
	if len(n.On) == 0 || len(n.On) > len(can) {
		found.add("on", "Invalid occasion", "on: give one or more of %s.", listed(can))
	}
}

func (m Mail) check(found *problems) {
	checkAddress("from", m.From, found)
	for i, to := range m.To {
		checkAddress(fmt.Sprintf("to[%d]", i), to, found)
	}
	if len(m.To) == 0 || len(m.To) > maxNotifyList {
		found.add("to", "Invalid address", "to: give 1 to %d addresses.", maxNotifyList)
	}
	if m.Host == "" || strings.ContainsAny(m.Host, " /:@\x00") && !strings.Contains(m.Host, "::") {
		found.add("host", "Invalid host", "host: %q is not the name or address of a server; the port has an argument of its own.", m.Host)
	}
	if m.Port < 1 || m.Port > 65535 {
		found.add("port", "Invalid port", "port: %d is not a port: ports are 1 to 65535.", m.Port)
	}
	if MailPorts[m.TLS] == 0 {
		found.add("tls", "Invalid value", "tls: %q is not one of starttls, implicit, off.", m.TLS)
	}
	if (m.Username == "") != m.Password.IsZero() {
		found.add("username", "Half a login", "username and password belong together: one is missing.")
	}
	if why := m.Subject.check(); why != "" || strings.Contains(string(m.Subject), "\n") {
		found.add("subject", "Invalid template", "subject: %s.", orElse(why, "it has more than one line"))
	}
	if m.TLS == NoTLS && m.Username != "" {
		*found = append(*found, providers.Problem{Attribute: "tls", Summary: "No encryption", Warning: true,
			Detail: fmt.Sprintf("The password for %s crosses the network in clear.", m.Host)})
	}
}

func checkAddress(attribute, text string, found *problems) {
	if _, err := mail.ParseAddress(text); err != nil || len(text) > maxAddress {
		found.add(attribute, "Invalid address", "%s: %q is not a mail address: write it as \"anna@example.com\" or \"Anna <anna@example.com>\".", attribute, text)
	}
}

var methods = []string{"POST", "PUT", "PATCH", "GET"}

func (w Webhook) check(found *problems) {
	w.URL.checkURL("url", found)
	if !slices.Contains(methods, w.Method) {
		found.add("method", "Invalid value", "method: %q is not one of %s.", w.Method, listed(methods))
	}
	if len(w.Headers) > maxNotifyList {
		found.add("headers", "Too many headers", "headers: at most %d are possible.", maxNotifyList)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		if why := checkHeader(name, w.Headers[name]); why != "" {
			found.add("headers", "Invalid header", "headers: %s.", why)
		}
	}
	if why := w.Body.check(); why != "" {
		found.add("body", "Invalid template", "body: %s.", why)
	}
}

func checkHeader(name string, v Value) string {
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) }
	switch {
	case name == "" || strings.ContainsFunc(name, odd):
		return fmt.Sprintf("%q is not a valid name of a header", name)
	case !v.Reference.IsZero():
		return ""
	case strings.ContainsAny(v.Literal, "\r\n\x00") || len(v.Literal) > maxNotifyText:
		return fmt.Sprintf("the value of %s is not a single line", name)
	case isCredential(name):
		return fmt.Sprintf(`%s proves who you are: write a reference, such as file("secrets/hook.header"), whose first line is the whole value`, name)
	}
	return ""
}

// isCredential reports by its name whether the value of a header is a secret.
func isCredential(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"authorization", "cookie", "token", "secret", "password", "api-key", "apikey"},
		func(word string) bool { return strings.Contains(name, word) })
}

func (v Value) checkURL(attribute string, found *problems) {
	if !v.Reference.IsZero() {
		return
	}
	if err := CheckURL(v.Literal); err != nil {
		found.add(attribute, "Invalid URL", "%s: %v.", attribute, err)
	}
}

// CheckURL proves that a request can be sent there. Its error does not show the
// URL, which may be a secret.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", len(text) > maxNotifyText:
		return fmt.Errorf(`it is not a URL that begins with "https://" or "http://" and the name of a server`)
	case u.User != nil:
		return fmt.Errorf("it contains a user name; use a header with a reference instead")
	}
	return nil
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
