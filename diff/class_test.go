package diff

import (
	"os"
	"testing"
)

// Every code that is written has a class in the table: what is forgotten would be
// an error each night.
func TestClasses_coverEveryNotice(t *testing.T) {
	for _, kind := range noticeTexts {
		if _, ok := classes[kind.code]; !ok {
			t.Errorf("code %q has no class", kind.code)
		}
	}
	if got := newNotice("no-such-code", "", "").Class; got != ErrorClass {
		t.Errorf("got class %q for an unknown code, want %q", got, ErrorClass)
	}
}

// What means that something is not backed up, or was not read, is an error.
func TestClasses_notBackedUpIsAnError(t *testing.T) {
	for _, code := range []string{"unreachable", "quota", "unknown", "name"} {
		if n := newNotice(code, "", ""); !n.Fails() || n.Warns() {
			t.Errorf("%s: got class %q, want %q", code, n.Class, ErrorClass)
		}
	}
}

// Plans from before there were classes get those of their codes.
func TestOpen_noticesOfOldPlansGetTheirClass(t *testing.T) {
	data, err := os.ReadFile("testdata/plan-1.json")
	if err != nil {
		t.Fatal(err)
	}
	saved, err := Open(data, []byte("golden"))
	if err != nil {
		t.Fatal(err)
	}
	if len(saved.Plan.Notices) == 0 {
		t.Fatal("the plan has no notices")
	}
	for _, n := range saved.Plan.Notices {
		if n.Class != classOf(n.Code) {
			t.Errorf("%s: got class %q, want %q", n.Code, n.Class, classOf(n.Code))
		}
	}
}
