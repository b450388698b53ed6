package hclconfig_test

import (
	"path/filepath"
	"testing"
)

// A path that begins with a slash is on the drive of the configuration, and not
// in its folder.
func TestLoad_slashWithoutDriveIsTheRootOfOne(t *testing.T) {
	for text, want := range map[string]string{
		"/backups":                `\backups`,
		`\\backups/new`:           `\backups\new`,
		"c:/backups":              `c:\backups`,
		"//server/share/backups/": `\\server\share\backups`,
	} {
		dir := configuration(t, "vmxsync.hcl", `source "local" "z" { path = "`+text+`" }`+"\n"+idle)
		if want[1] != ':' && want[:2] != `\\` {
			want = filepath.VolumeName(dir) + want
		}
		spec, _ := load(t, options(dir))
		if got := spec.Sources[0].Settings.(*localSettings).Path; got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
