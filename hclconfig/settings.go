package hclconfig

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/providers"
)

func (l *loader) types() []string {
	var out []string
	for _, d := range l.opts.Drivers {
		out = append(out, d.Type)
	}
	return out
}

// settings are the defaults of the driver that a block names by its type,
// which has to be one of allowed.
func (l *loader) settings(b *hcl.Block, allowed []string) (providers.Settings, hcl.Diagnostics) {
	typ := b.Labels[0]
	i := slices.IndexFunc(l.opts.Drivers, func(d providers.Driver) bool { return d.Type == typ })
	if i >= 0 && slices.Contains(allowed, typ) {
		return l.opts.Drivers[i].New(), nil
	}
	return nil, unsupportedType(b, allowed)
}

func unsupportedType(b *hcl.Block, known []string) hcl.Diagnostics {
	typ := b.Labels[0]
	return problem{
		summary: "Unsupported type of " + b.Type,
		detail: fmt.Sprintf("There is no %s of type %q.%s Known: %s.",
			b.Type, typ, didYouMean(typ, known), strings.Join(known, ", ")),
	}.at(b.LabelRanges[0])
}

// checkSettings reports the problems that the driver finds in its settings.
func (d *decoder) checkSettings(s providers.Settings) hcl.Diagnostics { return d.report(s.Check()) }

// report places each problem at its attribute. Attributes that could not be
// decoded have been reported already.
func (d *decoder) report(problems []providers.Problem) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, p := range problems {
		if d.failed[p.Attribute] {
			continue
		}
		if p.Summary == "Invalid template" {
			text := strings.TrimSuffix(strings.TrimPrefix(p.Detail, p.Attribute+": "), ".")
			p.Detail = fmt.Sprintf("%s: %s.", p.Attribute, d.templateError(p.Attribute, errors.New(text)))
		}
		found := problem{summary: p.Summary, detail: d.redactText(p.Detail)}.at(d.rangeOf(p.Attribute))
		if p.Warning {
			found = warnings(found)
		}
		diags = append(diags, found...)
	}
	return diags
}
