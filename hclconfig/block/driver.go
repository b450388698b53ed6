package block

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/providers"
)

func typesOf(drivers []providers.Driver) []string {
	var out []string
	for _, d := range drivers {
		out = append(out, d.Type)
	}
	return out
}

// settingsFor are the defaults of the driver that a block names by its type,
// which has to be one of allowed.
func settingsFor(drivers []providers.Driver, b *hcl.Block, allowed []string) (providers.Settings, hcl.Diagnostics) {
	typ := b.Labels[0]
	i := slices.IndexFunc(drivers, func(d providers.Driver) bool { return d.Type == typ })
	if i >= 0 && slices.Contains(allowed, typ) {
		return drivers[i].New(), nil
	}
	return nil, unsupportedType(b, allowed)
}

func unsupportedType(b *hcl.Block, known []string) hcl.Diagnostics {
	typ := b.Labels[0]
	return problem.Problem{
		Summary: "Unsupported type of " + b.Type,
		Detail: fmt.Sprintf("There is no %s of type %q.%s Known: %s.",
			b.Type, typ, problem.DidYouMean(typ, known), strings.Join(known, ", ")),
	}.At(b.LabelRanges[0])
}
