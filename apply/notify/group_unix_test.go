//go:build unix

package notify_test

const onlyTheProgram = false
