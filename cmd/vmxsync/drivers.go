package main

import (
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

// version is set by the linker: -X main.version=1.2.3.
var version = "0.1.0-dev"
