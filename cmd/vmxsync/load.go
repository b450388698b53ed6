package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// load reads the configuration of the current folder.
func (p *process) load(c *cli.Context, args arguments) (*state.Spec, providers.Secrets, diag.Diagnostics) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	p.salvaged = hclconfig.Salvage{}
	spec, secrets, diags := hclconfig.Load(hclconfig.Options{
		Salvaged: &p.salvaged,
		Drivers:  drivers,
		Vars:     args.vars,
		Env:      p.env,
		Hostname: host,
		Version:  strings.TrimPrefix(version, "v"),
	})
	p.resolve = secrets.Resolve
	return spec, p.resolve, diags
}

// chdir makes the configuration directory the current one, as terraform does:
// paths of other flags are then relative to it.
func chdir(dir string) error {
	if dir == "" || dir == "." {
		return nil
	}
	if err := os.Chdir(dir); err != nil {
		return wrongUsage(fmt.Errorf("-chdir: %w", err), "Name the folder with the configuration.")
	}
	return nil
}

// checksum is the SHA-256 of data, in hex.
func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
