// Command quickstart shows the whole road of vmxsync in one run, and needs
// nothing but Go: it starts an FTP server inside this process, makes sample
// backups of three VMs in VM Explorer's layout, writes a configuration, and
// runs the real commands with their output: plan, show, apply, list, and plan
// again. It works in a temporary folder, removes it at the end, and exits with
// 1 if any step is not what it should be.
//
//	go run ./examples/quickstart
package main
