package listing_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/listing"
)

// A fact may hold blanks and a name semicolons: ProFTPD up to 1.3.7 in an AD domain
// says "domain users" (RFC 3659, 7.2).
func TestMLSD_namesBeginBehindTheFacts(t *testing.T) {
	for line, want := range map[string]string{
		"type=dir;UNIX.groupname=domain users;UNIX.mode=0755; web01": "web01",
		"type=file;size=3;x.y=a b  c;z=; a; b=c; d":                  "a; b=c; d",
		"type=dir;  two blanks":                                      " two blanks",
	} {
		f, err := listing.MLSD(line)
		if err != nil || f.Path != want {
			t.Errorf("%s: got %q, %v; want %q", line, f.Path, err, want)
		}
	}
	for _, line := range []string{"type=file;size=3 a", "type=file;size=3;a", "type=file;size=3; ", "type=file;si ze=3; a"} {
		files, err := listing.Parse([]byte(line), listing.MLSD)
		if err == nil {
			t.Errorf("%q was read as %v", line, files)
		}
	}
}
