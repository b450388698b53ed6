package diff_test

import (
	"os"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	kinds "github.com/vmxsync/vmxsync/diff/notice"
)

// Plans from before there were classes get those of their codes.
func TestOpen_noticesOfOldPlansGetTheirClass(t *testing.T) {
	data, err := os.ReadFile("testdata/plan-1.json")
	if err != nil {
		t.Fatal(err)
	}
	saved, err := diff.Open(data, []byte("golden"))
	if err != nil {
		t.Fatal(err)
	}
	if len(saved.Plan.Notices) == 0 {
		t.Fatal("the plan has no notices")
	}
	for _, n := range saved.Plan.Notices {
		if n.Class != kinds.Of(n.Code).Class {
			t.Errorf("%s: got class %q, want %q", n.Code, n.Class, kinds.Of(n.Code).Class)
		}
	}
}
