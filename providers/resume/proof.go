package resume

import (
	"bytes"
	"errors"
	"io"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

const (
	// hashedPart is the largest part that is proven by a sum of the server:
	// beyond, reading all of it on both sides may cost more than sending it.
	hashedPart = 1 << 30
	// maxReadBack is how much of a part is read back where samples cannot do: two
	// blocks of what uploads remember. To read more may cost more than to send it.
	maxReadBack = 128 << 20
)

// proof is the comparison of a part of held bytes with how body begins. It may
// take several sessions.
type proof struct {
	body   providers.Body
	held   int64
	prefix int64   // 0, or how much of a whole file was there before its last transfer
	step   func()  // is called for each place that was found equal
	summed bool    // the server was asked for a sum, and gave none
	exact  bool    // every byte was proven
	places []place // that are still to be compared; nil: none were chosen
}

// holds reports whether the part is how the body begins. After the loss of a session it
// goes on with the next one.
func (p *proof) holds(r Remote, sums bool) (bool, error) {
	if sums && !p.summed {
		p.summed = true
		same, err := r.SumFits(p.body, p.held)
		if !errors.Is(err, ErrNoSum) {
			p.exact = same
			return same, err
		}
	}
	if p.places == nil {
		if err := p.choose(); err != nil {
			return false, err
		}
	}
	for len(p.places) > 0 {
		same, err := p.compare(r, p.places[0])
		if same {
			p.places = p.places[1:]
			p.step()
		}
		if err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

func (p *proof) choose() (err error) {
	s := sampler{p.body}
	switch small := int64(samples+2) * sampleBytes; {
	case p.prefix > small:
		p.places, err = s.seam(p.prefix, p.held)
	case p.prefix > 0:
		p.places = []place{{0, int(p.prefix)}}
	case p.held > small:
		p.places, err = s.part(p.held)
	default:
		p.places, p.exact = []place{{0, int(p.held)}}, true
	}
	return err
}

// compare may have found a place equal and lost the session by it.
func (p *proof) compare(r Remote, at place) (bool, error) {
	ours, err := sampler{p.body}.read(at)
	if err != nil {
		return false, err
	}
	theirs, err := r.ReadRange(at.at, at.n)
	return bytes.Equal(theirs, ours), err
}

// unrecorded proves byte by byte the end of a part of which it is not known that
// it was made from this very body: one that was rewritten in place since, with
// its size and time put back, is alike in most places.
func (p *proof) unrecorded(r Remote) (bool, error) {
	from := providers.Unrecorded(p.body, p.held)
	switch {
	case p.exact || from >= p.held:
		return true, nil
	case p.held-from > maxReadBack:
		return false, nil
	}
	ours, err := providers.OpenSample(p.body, from)
	if err != nil {
		return false, &retry.Unreadable{Err: err}
	}
	defer ours.Close()
	same, err := r.EndsWith(from, io.LimitReader(ours, p.held-from))
	p.exact = same && err == nil
	if p.exact {
		p.step()
	}
	return p.exact, err
}
