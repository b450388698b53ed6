package state_test

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state"
)

func ExampleLayout() {
	layout, err := state.ParseLayout("{vm}/%Y-%m-%d-%H%M%S")
	if err != nil {
		panic(err)
	}
	key := state.Key{VM: "web01", Stamp: "2026-11-21-010000"}
	fmt.Println(layout.Path(key))
	fmt.Println(layout.Key("web01/2026-11-21-010000"))
	fmt.Println(layout.Key("web01/latest"))
	fmt.Println(state.WorkDir(".vmxsync").StagedSet(key))
	// Output:
	// web01/2026-11-21-010000
	// web01/2026-11-21-010000 true
	// / false
	// .vmxsync/staging/web01~2026-11-21-010000/set
}
