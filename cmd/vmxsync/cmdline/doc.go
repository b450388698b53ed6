// Package cmdline puts what a user typed into the form that urfave/cli reads correctly,
// and completes it in a shell. It knows the flags and the commands of an app, and not
// what they do.
//
//	args, err := cmdline.WithEnv(app, os.Args[1:], os.LookupEnv)  // and VMXSYNC_CLI_ARGS
//	args, err = cmdline.Normalize(app, args)                      // global flags first, then the command
//	for _, c := range cmdline.Candidates(app, words) { ... }
package cmdline
