// Package starter makes the text of a first configuration: with comments, for people
// to edit.
//
//	draft := starter.New("/srv/vm-backups", false)
//	for _, f := range draft.Files { ... } // the configuration comes last
//
// It writes nothing to a disk. Package predecessor makes a Draft of an old
// configuration by the same functions.
package starter
