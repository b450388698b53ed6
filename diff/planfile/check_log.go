package planfile

import (
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
)

func checkLog(p *diff.Plan) error {
	if p.Log == nil {
		return nil
	}
	for _, problem := range p.Log.Check() {
		return fmt.Errorf("log: %s", problem.Detail)
	}
	return nil
}
