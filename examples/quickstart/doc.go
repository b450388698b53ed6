// Command quickstart demonstrates vmxsync in one run, and needs only Go: it starts an
// FTP server inside this process, makes sample backups of three VMs in VM Explorer's
// layout, writes a configuration, and runs the real commands with their output: plan,
// show, apply, list, and plan again. It works in a temporary folder, deletes it at the
// end, and exits with 1 if any step fails or prints something unexpected.
//
//	go run ./examples/quickstart
package main
