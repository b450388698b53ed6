package providers_test

import (
	"testing"
	"unicode"

	"github.com/vmxsync/vmxsync/providers"
)

func TestEscape_keepsWhatIsPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"Bart.vmx": "Bart.vmx", "Größe 日本": "Größe 日本", "a\x1b[31m": `a\x1b[31m`, "a\u202eb": `a\u202eb`,
		"a\xffb": `a\xffb`, "a\ufffdb": `a\ufffdb`, "line\nbreak": `line\nbreak`, "\u0085": `\u0085`, "": "",
	} {
		if got := providers.Escape(in); got != want {
			t.Errorf("Escape(%q) = %s, want %s", in, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("a\x1b]0;title\x07\u202e\xff\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range providers.Escape(s) {
			if !unicode.IsPrint(r) {
				t.Errorf("Escape(%q) holds %q", s, r)
			}
		}
	})
}
