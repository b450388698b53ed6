package providers_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

func TestReservedOnWindows_knowsDevicesAndCharacters(t *testing.T) {
	for p, want := range map[string]bool{
		"Bart/disk.vmdk": false, "console/nullable.log": false, "COM10": false, "com": false, "a con.txt": false,
		"CON": true, "Bart/nul.log": true, "aux .txt/x": true, "Lpt9.vmdk": true, "a:b": true, "what?.log": true, "e<f": true,
	} {
		if got := providers.ReservedOnWindows(p); got != want {
			t.Errorf("%s: got %v, want %v", p, got, want)
		}
	}
}
