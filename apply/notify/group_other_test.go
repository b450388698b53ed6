//go:build !unix

package notify_test

// onlyTheProgram is killed here, and not what it has started.
const onlyTheProgram = true
