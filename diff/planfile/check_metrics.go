package planfile

import (
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
)

func checkMetrics(p *diff.Plan) error {
	if p.Metrics == nil {
		return nil
	}
	for _, problem := range p.Metrics.Check() {
		return fmt.Errorf("metrics: %s", problem.Detail)
	}
	return nil
}
