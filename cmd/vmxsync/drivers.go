package main

import (
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/local"
)

// drivers are the types of places that a configuration can name.
var drivers = []providers.Driver{
	ftp.Driver,
	local.Driver,
}
