package ftp

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
)

const (
	// sampleBytes is one place where what the server holds is compared.
	sampleBytes = 64 << 10
	// samples are the places besides the begin and the end of a part.
	samples = 16
	// hashedPart is the largest part that is proven by a sum of the server:
	// beyond, reading all of it on both sides may cost more than sending it.
	hashedPart = 1 << 30
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

// place is a range of bytes.
type place struct {
	at int64
	n  int
}

// holds reports whether the part is how the body begins. After the loss of a session it
// goes on with the next one.
func (p *proof) holds(ss *session, name string, sums bool) (bool, error) {
	if sums && !p.summed {
		p.summed = true
		same, err := p.sumFits(ss, name)
		if ss.broken || !answered(err) && !errors.Is(err, errNoSum) {
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
		same, err := p.compare(ss, name, p.places[0])
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

// errNoSum: the server computes no sums.
var errNoSum = errors.New("the server offers no checksums")

func (p *proof) sumFits(ss *session, name string) (bool, error) {
	a, ok := ss.algorithm()
	if !ok {
		return false, errNoSum
	}
	theirs, err := ss.sum(a, name, p.held)
	if err != nil {
		return false, err
	}
	ours, err := a.sumOf(ss.life, p.body, p.held)
	return theirs == ours, err
}

// compare may have found a place equal and lost the session by it.
func (p *proof) compare(ss *session, name string, at place) (bool, error) {
	ours, err := p.read(at)
	if err != nil {
		return false, err
	}
	theirs, err := ss.readRange(name, at.at, at.n)
	return bytes.Equal(theirs, ours), err
}

func (p *proof) read(at place) ([]byte, error) {
	r, err := providers.OpenSample(p.body, at.at)
	if err != nil {
		return nil, &unreadable{err}
	}
	defer r.Close()
	part := make([]byte, at.n)
	if _, err := io.ReadFull(r, part); err != nil {
		return nil, &unreadable{err}
	}
	return part, nil
}

// choose takes all of a small part; of a large one its end and what is before it,
// its begin, the first place that is no hole, and places anywhere.
func (p *proof) choose() error {
	if p.prefix > 0 {
		return p.seams()
	}
	if p.held <= (samples+2)*sampleBytes {
		p.places, p.exact = []place{{0, int(p.held)}}, true
		return nil
	}
	end, err := p.tellingEnd(p.held)
	if err != nil {
		return err
	}
	first, err := p.firstData(p.held)
	if err != nil {
		return err
	}
	p.places = append(p.tail(), end, place{0, sampleBytes}, first)
	for range samples {
		at, err := p.telling(p.held)
		if err != nil {
			return err
		}
		p.places = append(p.places, at)
	}
	return nil
}

// tail is the end of the part, and places before it at growing distances: what a
// server loses with its power is what it wrote last.
func (p *proof) tail() []place {
	var places []place
	for back := int64(sampleBytes); back <= p.held; back *= 2 {
		places = append(places, place{p.held - back, sampleBytes})
	}
	return places
}

// maxZeros is how far before the end a place is looked for that is not uniform.
const maxZeros = 256 << 20

// tellingEnd is the last place before an offset that tells files apart: the end
// of a disk is often empty.
func (p *proof) tellingEnd(before int64) (place, error) {
	at := place{before - sampleBytes, sampleBytes}
	for ; at.at > max(0, before-maxZeros); at.at = max(0, at.at-sampleBytes) {
		part, err := p.read(at)
		if err != nil || !uniform(part) {
			return at, err
		}
	}
	return at, nil
}

func uniform(part []byte) bool {
	return !slices.ContainsFunc(part, func(b byte) bool { return b != part[0] })
}

// telling looks before an offset for a place that tells files apart: disks are
// full of zeros, and those of two machines are alike in most places.
func (p *proof) telling(before int64) (place, error) {
	var at place
	for range 8 {
		at = place{rand.Int64N(before - sampleBytes), sampleBytes}
		part, err := p.read(at)
		if err != nil {
			return at, err
		}
		if !uniform(part) {
			return at, nil
		}
	}
	return at, nil
}
