package block

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

type mailBlock struct {
	From     string              `hcl:"from"`
	To       []string            `hcl:"to,,or_one"`
	Host     string              `hcl:"host"`
	Port     int                 `hcl:"port,optional"`
	TLS      string              `hcl:"tls,optional"`
	Username string              `hcl:"username,optional"`
	Password providers.Reference `hcl:"password,optional"`
	Subject  config.Template     `hcl:"subject,optional"`
	On       []scalar.Verdict    `hcl:"on,optional,or_one"`
}

type webhookBlock struct {
	URL     config.Value            `hcl:"url"`
	Method  string                  `hcl:"method,optional"`
	Headers map[string]config.Value `hcl:"headers,optional"`
	Body    config.Template         `hcl:"body,optional"`
	On      []scalar.Verdict        `hcl:"on,optional,or_one"`
}

type healthchecksBlock struct {
	PingURL config.Value `hcl:"ping_url"`
	SendLog bool         `hcl:"send_log,optional"`
}

func verdicts(in []scalar.Verdict) []config.Verdict {
	if in == nil {
		return config.Verdicts()
	}
	var out []config.Verdict
	for _, v := range in {
		out = append(out, config.Verdict(v))
	}
	return out
}

func decodeNotify(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	n := config.Notify{Name: d.Name(), Type: d.Block.Labels[0]}
	var diags hcl.Diagnostics
	switch n.Type {
	case config.MailNotify:
		diags = decodeMail(d, &n)
	case config.WebhookNotify:
		diags = decodeWebhook(d, &n)
	case config.HealthchecksNotify:
		var in healthchecksBlock
		diags = d.Decode(&in)
		n.On = append(config.Verdicts(), config.VerdictStart)
		n.Healthchecks = &config.Healthchecks{PingURL: in.PingURL, SendLog: in.SendLog}
	default:
		return unsupportedType(d.Block, []string{config.MailNotify, config.WebhookNotify, config.HealthchecksNotify})
	}
	diags = append(diags, d.Report(d.Written(n.Check()))...)
	if !diags.HasErrors() {
		out.Spec.Notifies = append(out.Spec.Notifies, n)
	}
	return diags
}

func decodeMail(d *decode.Decoder, n *config.Notify) hcl.Diagnostics {
	in := mailBlock{TLS: config.StartTLS}
	diags := d.Decode(&in)
	if !d.Given("port") {
		in.Port = config.MailPorts[in.TLS]
	}
	d.Failed["username"] = d.Failed["username"] || d.Failed["password"] // half a login is the smaller problem
	n.On = verdicts(in.On)
	n.Mail = &config.Mail{
		From: in.From, To: in.To, Host: in.Host, Port: in.Port, TLS: in.TLS,
		Username: in.Username, Password: in.Password, Subject: in.Subject,
	}
	return append(diags, tryTemplate(d.Attributes, "subject", in.Subject)...)
}

func decodeWebhook(d *decode.Decoder, n *config.Notify) hcl.Diagnostics {
	in := webhookBlock{Method: "POST"}
	diags := d.Decode(&in)
	n.On = verdicts(in.On)
	n.Webhook = &config.Webhook{URL: in.URL, Method: in.Method, Headers: in.Headers, Body: in.Body}
	return append(diags, tryTemplate(d.Attributes, "body", in.Body)...)
}

// tryTemplate fills in the examples: whether a name is known shows only then.
func tryTemplate(d *decode.Attributes, attribute string, t config.Template) hcl.Diagnostics {
	if _, err := t.Fill(config.TemplateNames()); err != nil && !d.Failed[attribute] {
		d.Failed[attribute] = true
		return problem.Problem{
			Summary: "Invalid template",
			Detail:  fmt.Sprintf("%s: %s.", attribute, d.TemplateError(attribute, err)),
			Hint:    "write it in the syntax of Go's text/template; the names are " + strings.Join(templateNames(), ", "),
		}.At(d.RangeOf(attribute))
	}
	return nil
}

func templateNames() []string {
	var names []string
	for _, n := range slices.Sorted(maps.Keys(config.TemplateNames())) {
		names = append(names, "{{."+n+"}}")
	}
	return names
}
