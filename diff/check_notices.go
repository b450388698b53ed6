package diff

import (
	"fmt"

	"github.com/vmxsync/vmxsync/diff/notice"
)

// classify gives notices of plans from before there were classes the class of
// their code.
func (p *Plan) classify() {
	for i, n := range p.Notices {
		if n.Class == "" {
			p.Notices[i].Class = notice.Of(n.Code).Class
		}
	}
}

// checkNotices: an apply fails or warns by the class of a notice.
func (k *checker) checkNotices() error {
	for _, n := range k.plan.Notices {
		switch n.Class {
		case ErrorClass, WarningClass, NoteClass:
		default:
			return fmt.Errorf("notice %q: unknown class %q", n.Code, n.Class)
		}
	}
	return nil
}
