package predecessor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// Mail is SmtpInfo: the sender and the recipients of mails.
type Mail struct {
	From   string
	To     []string
	Server string // a host, or host:port
	// The subjects of a good and of a bad night.
	Subject, SubjectWithError string
}

// mailKeys are those that the script read.
var mailKeys = []string{"from", "to", "smtpserver", "subject", "subjectWithError"}

func (r *reader) mail(v value) {
	if v.sort != isDict {
		r.wrong(v, "SmtpInfo is %s, and must be a dict.", "", v.sort)
		return
	}
	parts, bad := map[string]string{}, map[string]bool{}
	for i, key := range v.keys {
		item := v.items[i]
		switch {
		case key.sort != isText || !slices.Contains(mailKeys, key.text):
			r.warn(key.at, "SmtpInfo has a key that the script did not read."+guess(key.text, mailKeys))
		case item.sort != isText:
			bad[key.text] = true
			r.wrong(item, "%q of SmtpInfo is %s, and must be a string.", "", key.text, item.sort)
		case strings.ContainsFunc(item.text, isLineEnd):
			bad[key.text] = true
			r.wrong(item, "%q of SmtpInfo has a line end, and no mail could be sent with it.", "", key.text)
		default:
			parts[key.text] = item.text
		}
	}
	if parts["from"] == shippedAddress && parts["to"] == shippedAddress {
		r.warn(v.at, "SmtpInfo has the addresses that the script came with: it is left out.")
		return
	}
	for _, key := range mailKeys[:3] {
		if parts[key] == "" && !bad[key] {
			r.wrong(v, "SmtpInfo lacks %q.", "complete it, or remove SmtpInfo", key)
		}
	}
	r.config.Mail = &Mail{
		From: parts["from"], To: addresses(parts["to"]), Server: parts["smtpserver"],
		Subject: parts["subject"], SubjectWithError: parts["subjectWithError"],
	}
}

const shippedAddress = "user@domain.com"

func addresses(list string) []string {
	var all []string
	for _, a := range strings.Split(list, ",") {
		if a = strings.TrimSpace(a); a != "" {
			all = append(all, a)
		}
	}
	return all
}

func (r *reader) warn(at Pos, detail string) {
	r.problems = append(r.problems, Problem{Pos: at, Summary: "Left out", Detail: detail, Warning: true})
}

// guess is a sentence with the nearest of the known names, or "". It ignores case.
func guess(given string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := levenshtein.Distance(strings.ToLower(given), strings.ToLower(k), nil); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}
