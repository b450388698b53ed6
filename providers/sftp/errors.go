package sftp

import "errors"

var (
	errNotDir     = errors.New("is not a directory")
	errIsDir      = errors.New("is a directory")
	errNotFile    = errors.New("is not a regular file")
	errLink       = errors.New("is a link, which is never followed")
	errNotEmpty   = errors.New("directory is not empty")
	errNotRemoved = errors.New("the server does not remove it")
	errNoRoot     = errors.New("the root does not exist")
)
