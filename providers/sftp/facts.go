package sftp

import (
	"context"
	"fmt"

	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// Facts are how the server has identified itself, and what it offers. It writes
// nothing there.
func (s *Store) Facts(ctx context.Context) ([]providers.Fact, error) {
	var facts []providers.Fact
	err := s.do(ctx, func(t tree) error {
		facts = factsOf(t.Session, s.dialer)
		return rootless(".", t.lookAtRoot())
	})
	if err != nil {
		return nil, s.fail("look at", ".", err)
	}
	return facts, nil
}

func factsOf(ss *wire.Session, d *wire.Dialer) []providers.Fact {
	facts := []providers.Fact{{Name: "system", Value: providers.Escape(ss.Version())}}
	if key, trustedBy := d.ServerKey(); key != nil {
		facts = append(facts, providers.Fact{Name: "host-key", Value: fmt.Sprintf("%s %s", key.Type(), ssh.FingerprintSHA256(key)),
			Note: "trusted by " + trustedBy})
	}
	return append(facts,
		providers.Fact{Name: "links", Value: "distinguished from their targets, and never followed"},
		offered(ss, "fsync", wire.Fsync, "files are flushed to the disk of the server before an upload counts as done",
			"after a power failure of the server a file may lack its end, which is found by its size or by verify = \"readback\""),
		offered(ss, "free-space", wire.StatVFS, "", "vmxsync cannot warn before an upload that does not fit"),
		providers.Fact{Name: "sums", Value: "not offered", Note: "only sizes are compared, unless verify = \"readback\"", Less: true},
	)
}

func offered(ss *wire.Session, name, extension, note, without string) providers.Fact {
	if ss.Has(extension) {
		return providers.Fact{Name: name, Value: extension, Note: note}
	}
	return providers.Fact{Name: name, Value: "not offered", Note: without, Less: true}
}

var _ providers.Describer = (*Store)(nil)
