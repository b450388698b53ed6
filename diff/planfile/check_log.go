package planfile

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state/config"
)

func checkLog(log *config.Log) error {
	if log == nil {
		return nil
	}
	for _, problem := range log.Check() {
		return fmt.Errorf("log: %s", problem.Detail)
	}
	return nil
}
