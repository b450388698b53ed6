package ftp

import "errors"

var (
	errIsDir    = errors.New("is a directory")
	errNotEmpty = errors.New("directory is not empty")
)
