package ftp

import "errors"

var errNotEmpty = errors.New("directory is not empty")
