// Package program runs a program of the user, such as a hook or the command of a drill.
//
//	p := program.Program{Command: []string{"/srv/boot", "-x"}, Dir: dir, Env: env, Timeout: time.Hour}
//	err := program.Run(ctx, p, input, func(line string) { ... })
//
// No shell reads the arguments. What the program prints is passed on line by line, and is not
// escaped. After its timeout, and when ctx is done, it is killed with all that it has
// started, as far as that can be known.
package program
