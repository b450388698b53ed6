// Command vmxsync plans and applies the off-site copies of VM backups.
//
// This is the only package that uses os.Args, os.Exit, the standard streams, the
// environment and signals. Its commands are short: they load a configuration
// (hclconfig), open places (providers), read them (state), make a plan (diff),
// print it (diff/render), carry it out (apply). All output for people goes through
// the ui in ui.go.
package main
