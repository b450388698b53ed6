// Package journal is the append-only record of one apply: which steps have
// been started and which are done. It is what a killed apply goes on from.
//
// A journal is a file of JSON lines. A step is recorded as started, and that is on the
// disk, before it acts. That a step is done is on the disk before another one acts, or the
// apply ends. The lines of a step that sends a file are on the disk with the next line of
// another step, and before it: what is lost is sent again. One that was done and is sent
// again is recorded as started first. A line that was cut by a crash is dropped when the
// journal is opened again; a line that is damaged otherwise is an error.
//
//	{"format":"vmxsync.journal/1","run":"6f1c0e8a","plan":"9f86...","created":"2026-11-22T01:00:00Z"}
//	{"event":"begun","at":"2026-11-22T01:00:02Z"}
//	{"event":"started","step":"nas/Bart/2026-11-21-010000#put:Bart.vmx","at":"2026-11-22T01:00:02Z"}
//	{"event":"done","step":"nas/Bart/2026-11-21-010000#put:Bart.vmx","at":"2026-11-22T01:00:03Z","sha256":"9f86..."}
//
// It never decides what a record means for the work that is left, and never
// holds a secret.
package journal
