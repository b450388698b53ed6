// Package process runs programs, and measures what they take: time, time of processors, and
// memory.
package process
