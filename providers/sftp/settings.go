package sftp

import "github.com/vmxsync/vmxsync/providers/sftp/account"

// The settings of an account; see package account.
type (
	Settings = account.Settings
	Transfer = account.Transfer
	Timeouts = account.Timeouts
)

// NewSettings returns the defaults. Host, username and root have none.
func NewSettings() *Settings { return account.NewSettings() }
