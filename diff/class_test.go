package diff

import "testing"

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
