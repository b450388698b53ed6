package hclconfig_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state/config"
)

// The verify block of a backup replaces that of the destination as a whole.
func TestLoad_verify(t *testing.T) {
	const short, whole = `verify { every = "30d" }`, `verify {
    level        = "server"
    every        = "1w"
    max_bytes    = "200GiB"
    max_duration = "2h"
  }`
	monthly := &config.Verify{Level: "read", Every: config.Span{Days: 30}}
	weekly := &config.Verify{Level: "server", Every: config.Span{Weeks: 1}, MaxBytes: 200 << 30, MaxDuration: 2 * time.Hour}
	for _, c := range []struct {
		destination, backup string
		want                *config.Verify
	}{
		{"", "", nil}, {short, "", monthly}, {"", whole, weekly}, {short, whole, weekly}, {whole, short, monthly},
	} {
		text := strings.Replace(smallest, "destination \"ftp\" \"nas\" {", "destination \"ftp\" \"nas\" {\n  transfer {\n    verify = \"hash\"\n  }\n  "+c.destination, 1)
		text = strings.Replace(text, "  source       =", "  "+c.backup+"\n  source       =", 1)
		spec, _ := load(t, options(configuration(t, "vmxsync.hcl", text)))
		if got := config.VerifyOf(spec.Backups[0], spec.Destinations[0]); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q and %q: got %+v, want %+v", c.destination, c.backup, got, c.want)
		}
	}
}
