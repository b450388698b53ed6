package resume

import (
	"errors"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// ErrPrefixLost: the place took the rest of a file, and no longer holds what it held
// before. ftp-srv empties the file and writes from the offset on, behind a hole of
// zeros: the size is right, and the content is not.
var ErrPrefixLost = errors.New("the existing part of the file changed while the rest was sent")

// Upload is what is known of one upload over all its tries: how far its part is
// proven, and whether the tries still bring it forward.
type Upload struct {
	body  providers.Body
	part  *proof // of the part, as far as it has come
	seam  int64  // where the last transfer began, if not at 0 and not proven since
	again *proof // of what was there before the seam

	furthest int64 // the largest proven part so far
	steps    int   // forward: parts and places proven
	seen     int   // of steps, by Progressed
	leapt    bool  // a large step was among them
	failures int   // of proofs, since the last step

	refusedAt int64 // where the last try began, if the server took bytes and then refused
	stuck     int   // tries in a row that it refused there
}

// New is an upload of body that has not begun.
func New(body providers.Body) *Upload { return &Upload{body: body} }

// Start is where the next transfer begins if the place holds a part of held bytes,
// at most as many as the body: behind it if it is proven to be how the body
// begins, else at 0. A sum of the place counts as a proof of up to 1 GiB, and with
// anySize of any part.
func (u *Upload) Start(r Remote, held int64, anySize bool) (from int64, err error) {
	if u.part == nil || u.part.held != held {
		u.part = &proof{body: u.body, held: held, step: func() { u.forward(held) }}
	}
	same, err := u.part.holds(r, anySize || held <= hashedPart)
	if err == nil && same {
		same, err = u.part.unrecorded(r)
	}
	if err != nil || !same {
		return 0, err
	}
	u.forward(held)
	u.furthest = max(u.furthest, held)
	return held, nil
}

// Sending notes that a transfer begins there.
func (u *Upload) Sending(from int64) { u.seam, u.again = from, nil }

// ProveSeam proves a file of which the last transfer sent only the rest: that the
// begin was right before it says nothing about afterwards. Where the begin does
// not hold, the error is ErrPrefixLost.
func (u *Upload) ProveSeam(r Remote, anySize bool) error {
	if u.seam == 0 {
		return nil
	}
	size := u.body.Size()
	if u.again == nil {
		u.again = &proof{body: u.body, held: size, prefix: u.seam, step: u.seamStep}
	}
	same, err := u.again.holds(r, anySize || size <= hashedPart)
	if err == nil && !same {
		err = ErrPrefixLost
	}
	if err == nil {
		u.seam = 0
	}
	return err
}

// Restart makes the next transfer begin at 0.
func (u *Upload) Restart() { u.seam = 0 }

// Unproven reports whether to give up a part of which nothing could be compared
// twice: what cannot be proven is sent again.
func (u *Upload) Unproven(err error) bool {
	if !retry.IsLocal(err) {
		u.failures++
	}
	return u.failures == retry.Tries-1
}

// Refused notes that the server refused a transfer from there on after it took bytes.
func (u *Upload) Refused(from int64) { u.refusedAt = from }

// IsStuck reports whether the part has not grown in two tries, each of which the server
// refused after it took bytes: it may not be able to go on with this file.
func (u *Upload) IsStuck(held int64) bool {
	if u.refusedAt != held {
		u.stuck = 0
		return false
	}
	u.stuck, u.refusedAt = u.stuck+1, 0
	return u.stuck >= retry.Tries-1
}

// Progressed reports whether the last try brought the upload forward; slow: it ended
// because nothing moved. A black hole that swallows a little each time does not.
func (u *Upload) Progressed(slow bool) bool {
	forward := u.steps > u.seen && (u.leapt || !slow)
	u.seen, u.leapt = u.steps, false
	return forward
}

// forward counts progress towards a part of held bytes, if there is some to it:
// an upload must not go on for ever by single bytes. A leap is so large that it
// counts also where the line stood still in between.
func (u *Upload) forward(held int64) {
	size, step := u.body.Size(), held-u.furthest
	if step >= min(size, max(size/1000, 64<<10)) {
		u.steps++
		u.failures = 0
	}
	u.leapt = u.leapt || step >= min(size, max(size/100, 64<<20))
}

// seamStep counts one place that was proven as progress, however small: there
// are few of them, and Pure-FTPd may fall silent after each.
func (u *Upload) seamStep() {
	u.steps++
	u.failures, u.leapt = 0, true
}
