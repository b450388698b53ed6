// Package resume proves that what a place holds of an upload is how the body begins,
// so that the rest alone has to be sent.
//
//	u := resume.New(body)
//	from, err := u.Start(remote, held, false) // held, or 0 where that is not proven
//	u.Sending(from)                           // and the transfer
//	err = u.ProveSeam(remote, false)          // the begin is still there
//
// A part of up to 1 MiB is compared whole; a larger one by a sum that the place
// computes or, where it has none, at its begin, its end, where disks differ, and
// anywhere. What nobody recorded when it was sent is compared byte by byte.
//
// What it never does: trust the size of a part, its name or its time; or go on for
// ever with a place that moves a byte at each try.
package resume
