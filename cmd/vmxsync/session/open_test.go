package session_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
)

// Settings from a plan file were not checked by anybody who can be trusted.
func TestOpen_checksTheSettingsOfAPlan(t *testing.T) {
	settings := ftp.NewSettings()
	settings.Host, settings.Port = "127.0.0.1", 70000
	store, err := (&session.Env{Drivers: []providers.Driver{ftp.Driver}, Report: ui.New(nil, nil, ui.Style{})}).Open(t.Context(), "nas", "ftp", settings, nil)
	if err == nil || store != nil || !strings.Contains(err.Error(), "port") {
		t.Errorf("got %v, %v, want an error that names the port", store, err)
	}
}
