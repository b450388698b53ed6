package disk

// longestName is the longest that vmxsync sends, and that common file systems
// hold, in bytes.
const longestName = 255
