package apply_test

import (
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
)

func TestStepError_saysNothingTwice(t *testing.T) {
	for why, want := range map[string]string{
		"connection refused":                        "nas/Bart: put staging/a: connection refused",
		"10.0.0.1:21: put /vm/staging/a: cut":       "nas/Bart: 10.0.0.1:21: put /vm/staging/a: cut",
		"put staging/a: no space left":              "nas/Bart: put staging/a: no space left",
		"10.0.0.1:21: list /vm/lock: refused":       "nas/Bart: put staging/a: 10.0.0.1:21: list /vm/lock: refused",
		"staging/a has 203 bytes there, sent 407":   "nas/Bart: put staging/a: staging/a has 203 bytes there, sent 407",
		"10.0.0.1:21: put /vm/staging/other: a cut": "nas/Bart: put staging/a: 10.0.0.1:21: put /vm/staging/other: a cut",
	} {
		err := &apply.StepError{Address: "nas/Bart", Op: diff.OpPut, Path: "staging/a", Err: errors.New(why)}
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}
