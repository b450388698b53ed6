package ftp

import "github.com/vmxsync/vmxsync/providers/ftp/account"

// The settings of an account; see package account.
type (
	Settings = account.Settings
	TLS      = account.TLS
	Transfer = account.Transfer
	Timeouts = account.Timeouts
)

// The values of TLS.Mode and Transfer.Method.
const (
	Explicit = account.Explicit
	Implicit = account.Implicit
	Off      = account.Off
	Internal = account.Internal
	Curl     = account.Curl
	NcFTPPut = account.NcFTPPut
)

// NewSettings returns the defaults. Host has none.
func NewSettings() *Settings { return account.NewSettings() }
