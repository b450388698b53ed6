package resume

import (
	"errors"
	"io"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// Remote is the file at the place, in one session.
type Remote interface {
	// ReadRange reads n bytes from offset on, and no more. It may return them with
	// the error of a session that was lost afterwards.
	ReadRange(offset int64, n int) ([]byte, error)
	// EndsWith reports whether the file holds exactly what ours delivers from offset
	// on; see Equal.
	EndsWith(offset int64, ours io.Reader) (bool, error)
	// SumFits compares the first n bytes by a sum that the place computes of the whole
	// file, which has n bytes. The error wraps ErrNoSum where it computes none.
	SumFits(body providers.Body, n int64) (bool, error)
}

// ErrNoSum: the place computes no sums.
var ErrNoSum = errors.New("the server offers no checksums")

// Equal reads two readers to their ends. An error is a retry.Lost where theirs
// failed, and a retry.Unreadable where ours did.
func Equal(ours, theirs io.Reader) (bool, error) {
	a, b := make([]byte, sampleBytes), make([]byte, sampleBytes)
	for {
		n, err := io.ReadFull(ours, a)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return false, &retry.Unreadable{Err: err}
		}
		m, theirErr := io.ReadFull(theirs, b)
		if theirErr != nil && theirErr != io.EOF && theirErr != io.ErrUnexpectedEOF {
			return false, &retry.Lost{Err: theirErr}
		}
		if n != m || string(a[:n]) != string(b[:m]) {
			return false, nil
		}
		if n < len(a) {
			return true, nil
		}
	}
}
