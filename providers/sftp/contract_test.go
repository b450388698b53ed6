package sftp_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/providers/sftp/sftptest"
)

func TestStore_keepsTheLaw(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{})
	providertest.Run(t, func(t *testing.T) providers.Store { return open(t, srv, settingsFor(srv)) })
}

// Not in parallel: goroutines of others would be taken for those of a closed store.
func TestStore_keepsTheLawOnSSHD(t *testing.T) {
	for name, o := range map[string]sftptest.RealOptions{"plain": {}, "chroot": {Chroot: true}} {
		t.Run(name, func(t *testing.T) {
			srv := sftptest.NewReal(t, o)
			options := []providertest.Option{providertest.NoLeaks()}
			if providertest.Thin() {
				options = append(options, providertest.InTurn())
			}
			providertest.Run(t, func(t *testing.T) providers.Store { return open(t, srv, settingsFor(srv)) }, options...)
		})
	}
}

func TestStore_keepsTheLawOnProFTPD(t *testing.T) {
	srv := sftptest.NewProFTPD(t, "AllowOverwrite on")
	options := []providertest.Option{providertest.NoLeaks()}
	if providertest.Thin() {
		options = append(options, providertest.InTurn())
	}
	providertest.Run(t, func(t *testing.T) providers.Store { return open(t, srv, settingsFor(srv)) }, options...)
}
