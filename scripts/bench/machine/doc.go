// Package machine describes the machine that figures come from.
package machine
