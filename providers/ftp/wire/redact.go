package wire

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

// Redact removes a password that a server repeats, in the spellings in which
// servers do: as it is or in other case (inetutils-ftpd shows unknown commands in
// capitals), quoted for JSON or a URL, in base64.
func Redact(text, password string) string { return newRedaction(password).redact(text) }

// redaction is what is looked for of one password; the zero value redacts nothing.
type redaction struct {
	password  string
	spellings []string
	anyCase   *regexp.Regexp
}

func newRedaction(password string) redaction {
	if password == "" {
		return redaction{}
	}
	return redaction{password, spellings(password), regexp.MustCompile("(?i)" + regexp.QuoteMeta(password))}
}

func (r redaction) redact(text string) string {
	for _, spelling := range r.spellings {
		if strings.Contains(text, spelling) {
			text = strings.ReplaceAll(text, spelling, mask)
		}
	}
	if r.anyCase == nil || len(text) < len(r.password) {
		return text
	}
	return r.anyCase.ReplaceAllLiteralString(text, mask)
}

const mask = "****"

// spellings are of the password and of what is sent with it, longest first where
// one holds another.
func spellings(password string) []string {
	quoted, _ := json.Marshal(password)
	inJSON := strings.Trim(string(quoted), `"`)
	var plain strings.Builder
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(password)
	all := []string{
		inJSON, strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(plain.String()), `"`), `"`),
		url.QueryEscape(password), url.PathEscape(password),
		strings.ToLower(url.QueryEscape(password)), percentAll(password),
	}
	for _, text := range []string{password, "PASS " + password, "PASS " + password + "\r\n"} {
		all = append(all, base64.StdEncoding.EncodeToString([]byte(text)), base64.RawStdEncoding.EncodeToString([]byte(text)),
			base64.URLEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	return all
}

// percentAll writes every byte as %XX.
func percentAll(text string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		b.WriteByte('%')
		b.WriteByte(digits[text[i]>>4])
		b.WriteByte(digits[text[i]&15])
	}
	return b.String()
}
