package notice_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/diff/notice"
)

// Every kind has a class: what is forgotten would be an error each night.
func TestKinds_haveTheirClasses(t *testing.T) {
	for _, kind := range notice.Kinds {
		switch kind.Class {
		case notice.ErrorClass, notice.WarningClass, notice.NoteClass:
		default:
			t.Errorf("code %q has no class", kind.Code)
		}
	}
	if got := notice.Of("no-such-code").Class; got != notice.ErrorClass {
		t.Errorf("got class %q for an unknown code, want %q", got, notice.ErrorClass)
	}
}

// What means that something is not backed up, or was not read, is an error.
func TestKinds_notBackedUpIsAnError(t *testing.T) {
	for _, code := range []string{"unreachable", "quota", "unknown", "name"} {
		if n := notice.Of(code).Notice("", ""); !n.Fails() || n.Warns() {
			t.Errorf("%s: got class %q, want %q", code, n.Class, notice.ErrorClass)
		}
	}
}
