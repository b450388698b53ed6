//go:build race

package main

// raceDetector reports whether the tests run under it.
const raceDetector = true
