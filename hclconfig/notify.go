package hclconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

type mailBlock struct {
	From     string              `hcl:"from"`
	To       []string            `hcl:"to,,or_one"`
	Host     string              `hcl:"host"`
	Port     int                 `hcl:"port,optional"`
	TLS      string              `hcl:"tls,optional"`
	Username string              `hcl:"username,optional"`
	Password providers.Reference `hcl:"password,optional"`
	Subject  state.Template      `hcl:"subject,optional"`
	On       []verdict           `hcl:"on,optional,or_one"`
}

type webhookBlock struct {
	URL     state.Value            `hcl:"url"`
	Method  string                 `hcl:"method,optional"`
	Headers map[string]state.Value `hcl:"headers,optional"`
	Body    state.Template         `hcl:"body,optional"`
	On      []verdict              `hcl:"on,optional,or_one"`
}

type healthchecksBlock struct {
	PingURL state.Value `hcl:"ping_url"`
	SendLog bool        `hcl:"send_log,optional"`
}

// verdict is a state.Verdict that reads itself.
type verdict state.Verdict

func (v *verdict) UnmarshalText(text []byte) error {
	*v = verdict(text)
	known := append(state.Verdicts(), state.VerdictStart)
	if slices.Contains(known, state.Verdict(text)) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", text, strings.Join(plain(known), ", "))
}

func verdicts(in []verdict) []state.Verdict {
	if in == nil {
		return state.Verdicts()
	}
	var out []state.Verdict
	for _, v := range in {
		out = append(out, state.Verdict(v))
	}
	return out
}

func (l *loader) decodeNotify(d *decoder) hcl.Diagnostics {
	n := state.Notify{Name: blockName(d.block), Type: d.block.Labels[0]}
	var diags hcl.Diagnostics
	switch n.Type {
	case state.MailNotify:
		diags = decodeMail(d, &n)
	case state.WebhookNotify:
		diags = decodeWebhook(d, &n)
	case state.HealthchecksNotify:
		var in healthchecksBlock
		diags = d.decode(&in)
		n.On = append(state.Verdicts(), state.VerdictStart)
		n.Healthchecks = &state.Healthchecks{PingURL: in.PingURL, SendLog: in.SendLog}
	default:
		return unsupportedType(d.block, []string{state.MailNotify, state.WebhookNotify, state.HealthchecksNotify})
	}
	diags = append(diags, d.report(d.written(n.Check()))...)
	if !diags.HasErrors() {
		l.spec.Notifies = append(l.spec.Notifies, n)
	}
	return diags
}

func decodeMail(d *decoder, n *state.Notify) hcl.Diagnostics {
	in := mailBlock{TLS: state.StartTLS}
	diags := d.decode(&in)
	if _, written := d.ranges["port"]; !written {
		in.Port = state.MailPorts[in.TLS]
	}
	d.failed["username"] = d.failed["username"] || d.failed["password"] // half a login is the smaller problem
	n.On = verdicts(in.On)
	n.Mail = &state.Mail{
		From: in.From, To: in.To, Host: in.Host, Port: in.Port, TLS: in.TLS,
		Username: in.Username, Password: in.Password, Subject: in.Subject,
	}
	return append(diags, d.tryTemplate("subject", in.Subject)...)
}

func decodeWebhook(d *decoder, n *state.Notify) hcl.Diagnostics {
	in := webhookBlock{Method: "POST"}
	diags := d.decode(&in)
	n.On = verdicts(in.On)
	n.Webhook = &state.Webhook{URL: in.URL, Method: in.Method, Headers: in.Headers, Body: in.Body}
	return append(diags, d.tryTemplate("body", in.Body)...)
}

// tryTemplate fills in the examples: whether a name is known shows only then.
func (d *decoder) tryTemplate(attribute string, t state.Template) hcl.Diagnostics {
	if _, err := t.Fill(state.TemplateNames()); err != nil && !d.failed[attribute] {
		d.failed[attribute] = true
		return problem{
			summary: "Invalid template",
			detail:  fmt.Sprintf("%s: %s.", attribute, d.templateError(attribute, err)),
			hint:    "write it in the syntax of Go's text/template; the names are " + strings.Join(templateNames(), ", "),
		}.at(d.rangeOf(attribute))
	}
	return nil
}

func templateNames() []string {
	var names []string
	for _, n := range slices.Sorted(maps.Keys(state.TemplateNames())) {
		names = append(names, "{{."+n+"}}")
	}
	return names
}
