//go:build unix

package regular

import "syscall"

// NonBlocking is the flag that keeps the opening of a pipe from waiting for its
// other end. It means nothing to a regular file.
const NonBlocking = syscall.O_NONBLOCK

const noFollow = syscall.O_NOFOLLOW
