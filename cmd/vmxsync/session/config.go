package session

import (
	"fmt"
	"os"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// Config is a loaded configuration; of one with errors, what could be read in spite of
// them.
type Config struct {
	Spec     *config.Spec
	Secrets  providers.Secrets // nil if none was loaded
	Salvaged hclconfig.Salvage // from a configuration with errors
}

// Load reads the configuration of the current folder. vars are the values of -var and
// -var-file.
func (e *Env) Load(vars []hclconfig.VarArg) (Config, diag.Diagnostics) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	var c Config
	spec, secrets, diags := hclconfig.Load(hclconfig.Options{
		Salvaged: &c.Salvaged,
		Drivers:  e.Drivers,
		Vars:     vars,
		Env:      e.Lookup,
		Hostname: host,
		Version:  strings.TrimPrefix(e.Version, "v"),
	})
	c.Spec, c.Secrets = spec, secrets.Resolve
	return c, diags
}

// Configuration loads the configuration, or fails with all its problems. It reports
// warnings.
func (e *Env) Configuration(vars []hclconfig.VarArg) (Config, error) {
	c, diags := e.Load(vars)
	if diags.HasErrors() {
		return c, failure.Config(diags)
	}
	e.Report.Cautions(diags)
	return c, nil
}

// Chdir makes the configuration directory the current one, as terraform does:
// paths of other flags are then relative to it.
func Chdir(dir string) error {
	if dir == "" || dir == "." {
		return nil
	}
	if err := os.Chdir(dir); err != nil {
		return failure.Usage(fmt.Errorf("-chdir: %w", err), "Name the folder with the configuration.")
	}
	return nil
}
