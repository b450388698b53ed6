//go:build !race

package apply_test

// raceDetector reports whether the tests run under it, which takes four times as
// long.
const raceDetector = false
