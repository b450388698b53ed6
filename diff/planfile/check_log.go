package planfile

import "fmt"

func (k *checker) checkLog() error {
	if k.plan.Log == nil {
		return nil
	}
	for _, p := range k.plan.Log.Check() {
		return fmt.Errorf("log: %s", p.Detail)
	}
	return nil
}
