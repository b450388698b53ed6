// Package group keeps a program that we run, and all that it starts, under our hand.
//
//	cmd := exec.CommandContext(ctx, "curl", args...)
//	group.Own(cmd)
//	err := cmd.Run()   // the end of ctx ends what curl has started too
package group
