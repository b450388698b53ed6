// Package tool finds the programs that are compared, and the versions of all that takes part.
package tool
