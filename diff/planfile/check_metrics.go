package planfile

import "fmt"

func (k *checker) checkMetrics() error {
	if k.plan.Metrics == nil {
		return nil
	}
	for _, p := range k.plan.Metrics.Check() {
		return fmt.Errorf("metrics: %s", p.Detail)
	}
	return nil
}
