package ftp

import (
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// maxReadBack is how much of a part is read back where samples cannot do: two
// blocks of what uploads remember. To read more may cost more than to send it.
const maxReadBack = 128 << 20

// unrecorded proves byte by byte the end of a part of which it is not known that
// it was made from this very body: one that was rewritten in place since, with
// its size and time put back, is alike in most places.
func (p *proof) unrecorded(ss *session, name string) (bool, error) {
	from := providers.Unrecorded(p.body, p.held)
	switch {
	case p.exact || from >= p.held:
		return true, nil
	case p.held-from > maxReadBack:
		return false, nil
	}
	ours, err := providers.OpenSample(p.body, from)
	if err != nil {
		return false, &unreadable{err}
	}
	defer ours.Close()
	same, err := ss.endsWith(name, from, io.LimitReader(ours, p.held-from))
	p.exact = same && err == nil
	if p.exact {
		p.step()
	}
	return p.exact, err
}

// endsWith reports whether a file holds exactly what ours delivers from offset on.
func (s *session) endsWith(name string, offset int64, ours io.Reader) (bool, error) {
	response, err := s.fetch(name, offset)
	if err != nil {
		return false, err
	}
	same, err := equal(ours, response)
	switch {
	case err != nil:
		s.discard()
		response.Close()
		s.broken, s.data = true, nil
		return false, err
	case !same:
		_ = s.leave(response) // it ends the session where it cannot
		return false, nil
	}
	return true, s.transferred(response.Close())
}

// equal reads two readers to their ends. An error is that of theirs, or local.
func equal(ours, theirs io.Reader) (bool, error) {
	a, b := make([]byte, sampleBytes), make([]byte, sampleBytes)
	for {
		n, err := io.ReadFull(ours, a)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return false, &unreadable{err}
		}
		m, theirErr := io.ReadFull(theirs, b)
		if theirErr != nil && theirErr != io.EOF && theirErr != io.ErrUnexpectedEOF {
			return false, &lost{theirErr}
		}
		if n != m || string(a[:n]) != string(b[:m]) {
			return false, nil
		}
		if n < len(a) {
			return true, nil
		}
	}
}
