package mailtest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
)

// Letter is a mail as its reader sees it.
type Letter struct {
	From     string   // of the envelope
	To       []string // of the envelope
	Safe     bool     // it came by TLS
	Header   mail.Header
	Subject  string
	Text     string
	Attached map[string]string // by name
	Longest  int               // bytes of the longest line, without its end
}

// Letters are the mails that have come so far.
func (s *Server) Letters() ([]Letter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var letters []Letter
	for _, d := range s.raw {
		l, err := d.read()
		if err != nil {
			return nil, err
		}
		letters = append(letters, l)
	}
	return letters, nil
}

func (d delivery) read() (Letter, error) {
	l := Letter{From: d.from, To: d.to, Safe: d.safe, Attached: map[string]string{}}
	for line := range bytes.Lines(d.data) {
		l.Longest = max(l.Longest, len(bytes.TrimRight(line, "\r\n")))
	}
	m, err := mail.ReadMessage(bytes.NewReader(d.data))
	if err != nil {
		return l, err
	}
	l.Header = m.Header
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	if kind != "multipart/mixed" {
		l.Text, err = content(textproto.MIMEHeader(m.Header), m.Body)
		return l, err
	}
	return l, l.parts(multipart.NewReader(m.Body, params["boundary"]))
}

func (l *Letter) parts(r *multipart.Reader) error {
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		text, err := content(p.Header, p)
		if err != nil {
			return err
		}
		if name := p.FileName(); name != "" {
			l.Attached[name] = text
			continue
		}
		l.Text = text
	}
}

func content(h textproto.MIMEHeader, body io.Reader) (string, error) {
	switch h.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	data, err := io.ReadAll(body)
	return string(data), err
}
