package limits

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// An expression of a few lines can have a result larger than any memory: nested
// loops, a text that doubles from local to local, setproduct. The limits for all
// expressions of a configuration together are far above what one needs.
const (
	maxRounds = 50_000   // of for expressions
	maxParts  = 50_000   // values in one value
	maxText   = 64 << 20 // bytes of text that templates and functions make
)

var (
	errRounds = fmt.Errorf("the for expressions of this configuration take more than %d rounds", maxRounds)
	errParts  = fmt.Errorf("the value would have more than %d parts", maxParts)
	errText   = fmt.Errorf("the texts of this configuration would have more than %d MiB", maxText>>20)
)

const summaryTooLarge = "Expression too large"

func sentence(err error) string { return strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "." }

const limitHint = "a configuration needs no such value: write fewer or smaller collections"

// Explain replaces the text of hcl for a limit that was exceeded by ours.
func Explain(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
		if !ok || call.FunctionCallError() == nil {
			continue
		}
		for _, limit := range []error{errRounds, errParts, errText} {
			if err := call.FunctionCallError(); errors.Is(err, limit) || strings.Contains(err.Error(), limit.Error()) {
				d.Summary, d.Detail = summaryTooLarge, sentence(limit)
				d.Extra = problem.Extra{Hint: limitHint, Own: true}
			}
		}
	}
	return diags
}
