package config

import (
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Destination is a place that sets are copied to.
type Destination struct {
	Name          string // unique over types
	Type          string // "ftp", "local"
	Settings      providers.Settings
	Layout        state.Layout
	TrustUnmarked bool
	Optional      bool
	Publish       Publish
	WorkDir       string // one path element, ".vmxsync"
	Quota         int64  // bytes that it may hold; 0: no limit
	// TrashKeep is how long a deleted set stays in trash.
	TrashKeep time.Duration
	// Verify is for the sets of backups that have no verify block; nil: none.
	Verify *Verify
}

// Publish is how a set gets its final name, and is deleted from it.
type Publish string

const (
	// ByRename: it is renamed from staging when it is whole, and into trash.
	ByRename Publish = ""
	// InPlace: its files are sent to the final name one by one, the manifest
	// last, and removed there: for servers that cannot rename folders.
	InPlace Publish = "in_place"
)
