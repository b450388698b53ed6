package ftp

import "errors"

var (
	errNotDir   = errors.New("is not a directory")
	errIsDir    = errors.New("is a directory")
	errNoRoot   = errors.New("the root does not exist")
	errNotEmpty = errors.New("directory is not empty")
)
