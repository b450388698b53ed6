package ftp

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/facts"
)

// Facts asks in one session what the server offers; see package facts.
func (s *Store) Facts(ctx context.Context) (found []providers.Fact, err error) {
	account := facts.Account{Root: s.root, Folders: s.tree.Folders, LinksHidden: func() bool { return s.Traits().LinksHidden }}
	err = s.do(ctx, func(ss *command.Session) error {
		found, err = facts.Find(account, ss)
		return err
	})
	return found, s.fail("look at", ".", err)
}

var _ providers.Describer = (*Store)(nil)
