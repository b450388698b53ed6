package main

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/providers/ftp"
)

// Settings from a plan file were not checked by anybody who can be trusted.
func TestOpen_checksTheSettingsOfAPlan(t *testing.T) {
	settings := ftp.NewSettings()
	settings.Host, settings.Port = "127.0.0.1", 70000
	store, err := (&process{ui: ui.New(nil, nil, ui.Style{Color: false, Width: 0})}).open(t.Context(), "nas", "ftp", settings, nil)
	if err == nil || store != nil || !strings.Contains(err.Error(), "port") {
		t.Errorf("got %v, %v, want an error that names the port", store, err)
	}
}
