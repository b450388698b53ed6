//go:build !unix

package regular

// NonBlocking is 0: pipes have no names among files here.
const NonBlocking = 0

const noFollow = 0
