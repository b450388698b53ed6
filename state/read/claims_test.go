package read_test

import (
	"fmt"
	"testing"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// TestDestination_claimsOutrankWhatStands tries each kind of claim on a set
// at its final name, with each kind of manifest, and asks for the group too.
func TestDestination_claimsOutrankWhatStands(t *testing.T) {
	k := state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}
	valid := manifestFor(t, k, map[string]int64{"disk": 4})
	files := []state.File{{Path: "disk", Size: 4}}
	upload := state.Claim{Kind: state.UploadClaim, Key: k, Run: "r", Files: files, InPlace: true}
	staged := state.Claim{Kind: state.UploadClaim, Key: k, Run: "r", Files: files}
	gone := state.Claim{Kind: state.DeleteClaim, Key: k, Run: "r"}
	other := upload
	other.Key.VM = "Lisa"
	for name, c := range map[string]struct {
		claim    []byte
		manifest string
		want     state.State // "": staged, and not in the group
	}{
		"upload in place, no manifest":     {upload.Encode(), "", ""},
		"upload in place, torn manifest":   {upload.Encode(), valid[:60], ""},
		"upload in place, valid manifest":  {upload.Encode(), valid, state.Complete},
		"upload into staging, no manifest": {staged.Encode(), "", state.Unmarked},
		"delete, valid manifest":           {gone.Encode(), valid, state.Incomplete},
		"delete, no manifest":              {gone.Encode(), "", state.Incomplete},
		"torn claim, valid manifest":       {gone.Encode()[:30], valid, state.Complete},
		"torn claim, no manifest":          {upload.Encode()[:30], "", state.Unmarked},
		"claim of another set":             {other.Encode(), "", state.Unmarked},
	} {
		t.Run(name, func(t *testing.T) {
			entries := []string{k.String() + "/disk=1234", ".vmxsync/staging/" + k.Decorated() + "/claim=" + string(c.claim)}
			if c.manifest != "" {
				entries = append(entries, k.String()+"/"+state.ManifestName+"="+c.manifest)
			}
			store := place(t, entries...)
			inv := read.Destination(t.Context(), store, nas(t))
			group, err := read.Group(t.Context(), store, nas(t).Layout, ".vmxsync", "Bart")
			if inv.Err != nil || err != nil || len(inv.Staged) != 1 {
				t.Fatalf("%v, %v, %d staged sets", inv.Err, err, len(inv.Staged))
			}
			want := fmt.Sprint([]state.State{c.want})
			if c.want == "" {
				want = fmt.Sprint([]state.State{})
			}
			if got := states(inv.Sets); got != want {
				t.Errorf("the inventory has %s, want %s", got, want)
			}
			if got := states(group); got != want {
				t.Errorf("the group has %s, want %s", got, want)
			}
			if got := inv.Staged[0].AtFinal(); got != (c.want == "") {
				t.Errorf("staged at the final name: %v", got)
			}
		})
	}
}

func states(sets []state.Set) string {
	list := []state.State{}
	for _, s := range sets {
		list = append(list, s.State)
	}
	return fmt.Sprint(list)
}
