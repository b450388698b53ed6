// Package regular opens the files that a user names: plans, journals, secrets,
// certificates, metrics, logs. Each must be a regular file.
//
// A path can name much else. A pipe waits for its other end for ever, a device
// may never end or act on being opened, and a link that leads nowhere lets a
// program create a file that nobody named. All of these are refused with an
// *Error, and what comes to the path between the look and the opening is too.
//
//	f, err := regular.Open("nas.password")
//	f, err := regular.Write("plan.out.journal", os.O_WRONLY|os.O_CREATE, 0o600)
//
// Nothing here reads, writes or removes anything.
package regular
