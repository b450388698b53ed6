package resume

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

const (
	// sampleBytes is one place where what the server holds is compared.
	sampleBytes = 64 << 10
	// samples are the places besides the begin and the end of a part.
	samples = 16
	// maxZeros is how far before the end a place is looked for that is not uniform.
	maxZeros = 256 << 20
)

// place is a range of bytes.
type place struct {
	at int64
	n  int
}

// sampler chooses the places of a body where a part is compared: of what is smaller
// than all of them together, everything is.
type sampler struct{ body providers.Body }

// part takes of a part of held bytes its end and what is before it, its begin, the
// first place that is no hole, and places anywhere.
func (s sampler) part(held int64) ([]place, error) {
	end, err := s.tellingEnd(held)
	if err != nil {
		return nil, err
	}
	first, err := s.firstData(held)
	if err != nil {
		return nil, err
	}
	places := append(tail(held), end, place{0, sampleBytes}, first)
	for range samples {
		at, err := s.telling(held)
		if err != nil {
			return nil, err
		}
		places = append(places, at)
	}
	return places, nil
}

// seam takes of the prefix of a whole file of size bytes, which was there before the
// last transfer, both sides of the seam, the begin, the first and the last place
// that tell it from a hole, and some anywhere.
func (s sampler) seam(prefix, size int64) ([]place, error) {
	behind := min(sampleBytes/2, size-prefix)
	places := []place{{0, sampleBytes}, {prefix - sampleBytes/2, int(sampleBytes/2 + behind)}}
	for _, telling := range []func(before int64) (place, error){s.firstData, s.tellingEnd, s.telling, s.telling, s.telling, s.telling} {
		at, err := telling(prefix)
		if err != nil {
			return nil, err
		}
		places = append(places, at)
	}
	return places, nil
}

// tail is the end of a part, and places before it at growing distances: what a
// server loses with its power is what it wrote last.
func tail(held int64) []place {
	var places []place
	for back := int64(sampleBytes); back <= held; back *= 2 {
		places = append(places, place{held - back, sampleBytes})
	}
	return places
}

// tellingEnd is the last place before an offset that tells files apart: the end
// of a disk is often empty.
func (s sampler) tellingEnd(before int64) (place, error) {
	at := place{before - sampleBytes, sampleBytes}
	for ; at.at > max(0, before-maxZeros); at.at = max(0, at.at-sampleBytes) {
		part, err := s.read(at)
		if err != nil || !uniform(part) {
			return at, err
		}
	}
	return at, nil
}

// telling looks before an offset for a place that tells files apart: disks are
// full of zeros, and those of two machines are alike in most places.
func (s sampler) telling(before int64) (place, error) {
	var at place
	for range 8 {
		at = place{rand.Int64N(before - sampleBytes), sampleBytes}
		part, err := s.read(at)
		if err != nil {
			return at, err
		}
		if !uniform(part) {
			return at, nil
		}
	}
	return at, nil
}

// firstData is the first place before an offset that is no hole. Without
// one, a hole is the content.
func (s sampler) firstData(before int64) (place, error) {
	r, err := providers.OpenSample(s.body, 0)
	if err != nil {
		return place{}, &retry.Unreadable{Err: err}
	}
	defer r.Close()
	part := make([]byte, sampleBytes)
	for at := int64(0); at < before; at += sampleBytes {
		n := int(min(sampleBytes, before-at))
		if _, err := io.ReadFull(r, part[:n]); err != nil {
			return place{}, &retry.Unreadable{Err: fmt.Errorf("first %d bytes: %w", at+int64(n), err)}
		}
		if !empty(part[:n]) {
			return place{at, n}, nil
		}
	}
	return place{0, sampleBytes}, nil
}

func (s sampler) read(at place) ([]byte, error) {
	r, err := providers.OpenSample(s.body, at.at)
	if err != nil {
		return nil, &retry.Unreadable{Err: err}
	}
	defer r.Close()
	part := make([]byte, at.n)
	if _, err := io.ReadFull(r, part); err != nil {
		return nil, &retry.Unreadable{Err: err}
	}
	return part, nil
}

func uniform(part []byte) bool {
	return !slices.ContainsFunc(part, func(b byte) bool { return b != part[0] })
}

func empty(part []byte) bool { return part[0] == 0 && uniform(part) }
