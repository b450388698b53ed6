package ftp

import (
	"errors"
	"fmt"
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// errPrefixLost: the server answered REST and STOR, and no longer holds what it
// held before. ftp-srv empties the file and writes from the offset on, behind a
// hole of zeros: the size is right, and the content is not.
var errPrefixLost = errors.New("the existing part of the file changed during REST and STOR")

// resumed proves a file of which the last transfer sent only the rest: that the
// begin was right before it says nothing about afterwards. Where the begin does
// not hold, or cannot be read, the file is sent again from 0, and no other is
// resumed on this store.
func (u *upload) resumed(ss *session) error {
	if u.seam == 0 {
		return nil
	}
	if u.again == nil {
		u.again = &proof{body: u.body, held: u.body.Size(), prefix: u.seam, step: u.seamStep}
	}
	bySum := u.body.Size() <= hashedPart || u.store.Verification() == providers.VerifyHash
	same, err := u.again.holds(ss, u.path, bySum)
	switch {
	case err == nil && same:
		u.seam = 0
		return nil
	case err == nil:
		err = errPrefixLost
	case ss.broken || !answered(err):
		return u.unproven(err)
	}
	if err := u.fromBeginning(ss, err); err != nil {
		return err
	}
	return u.compare(ss)
}

// seamStep counts one place that was proven as progress, however small: there
// are few of them, and Pure-FTPd may fall silent after each.
func (u *upload) seamStep() {
	u.steps++
	u.failures, u.leapt = 0, true
}

// seams chooses the places of a prefix that was there before a transfer: all of
// a small one; of a large one both sides of the seam, the begin, the first and
// the last place that tell it from a hole, and some anywhere.
func (p *proof) seams() error {
	if p.prefix <= (samples+2)*sampleBytes {
		p.places = []place{{0, int(p.prefix)}}
		return nil
	}
	p.places = []place{{0, sampleBytes}, p.seam()}
	for _, telling := range []func(before int64) (place, error){p.firstData, p.tellingEnd, p.telling, p.telling, p.telling, p.telling} {
		at, err := telling(p.prefix)
		if err != nil {
			return err
		}
		p.places = append(p.places, at)
	}
	return nil
}

// seam is a place on both sides of where the transfer began.
func (p *proof) seam() place {
	behind := min(sampleBytes/2, p.held-p.prefix)
	return place{p.prefix - sampleBytes/2, int(sampleBytes/2 + behind)}
}

// firstData is the first place before an offset that is no hole. Without
// one, a hole is the content.
func (p *proof) firstData(before int64) (place, error) {
	r, err := providers.OpenSample(p.body, 0)
	if err != nil {
		return place{}, &unreadable{err}
	}
	defer r.Close()
	part := make([]byte, sampleBytes)
	for at := int64(0); at < before; at += sampleBytes {
		n := int(min(sampleBytes, before-at))
		if _, err := io.ReadFull(r, part[:n]); err != nil {
			return place{}, &unreadable{fmt.Errorf("first %d bytes: %w", at+int64(n), err)}
		}
		if !empty(part[:n]) {
			return place{at, n}, nil
		}
	}
	return place{0, sampleBytes}, nil
}

func empty(part []byte) bool { return part[0] == 0 && uniform(part) }
