package scalar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/state/config"
)

// Pick is a config.Pick that reads itself.
type Pick config.Pick

func (p *Pick) UnmarshalText(text []byte) error {
	*p = Pick(text)
	if slices.Contains(config.Picks(), config.Pick(text)) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", text, strings.Join(Strings(config.Picks()), ", "))
}
