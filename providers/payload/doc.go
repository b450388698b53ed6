// Package payload is the content of an upload on its way to a connection.
//
//	p, err := payload.Open(body, offset)
//	err = payload.Send(ctx, p, func(b []byte) error { _, err := conn.Write(b); return err })
//
// The body is read ahead by a second goroutine, and summed up by a third, so that reading
// a disk, hashing and sending take no turns. A body that is shorter or longer than it said is an error, never a file
// that looks whole; what cannot be read is a retry.Unreadable.
package payload
