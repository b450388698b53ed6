package main

import (
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/sftp"
)

// drivers are the types of places that a configuration can name.
var drivers = []providers.Driver{
	ftp.Driver,
	local.Driver,
	sftp.Driver,
}

func driver(kind string) (providers.Driver, error) {
	for _, d := range drivers {
		if d.Type == kind {
			return d, nil
		}
	}
	return providers.Driver{}, fmt.Errorf("this version has no driver for places of type %q", kind)
}
