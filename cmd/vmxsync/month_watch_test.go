package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// watch looks at the servers' disks until the apply has ended: nothing stands at
// a final name that is not whole, and of no VM fewer sets than in the evening, or
// than its policy keeps. What was whole in the evening is believed to be.
func (o *office) watch(ended <-chan struct{}) <-chan error {
	seen := make(chan error, 1)
	known := map[string]bool{}
	for place, shelf := range o.ledger.at {
		for vm, days := range shelf {
			for _, d := range days {
				known[place+"/"+setOf(vm, d)] = true
			}
		}
	}
	go func() {
		tick := time.NewTicker(100 * time.Millisecond) // the apply wants the machine as well
		defer tick.Stop()
		for {
			if err := o.glance(known); err != nil {
				seen <- err
				return
			}
			select {
			case <-ended:
				seen <- nil
				return
			case <-tick.C:
			}
		}
	}()
	return seen
}

func (o *office) glance(known map[string]bool) error {
	for place, l := range o.servers {
		for vm, days := range o.ledger.at[place] {
			folders, err := os.ReadDir(filepath.Join(l.Root, vm))
			if err != nil {
				return err
			}
			whole := 0
			for _, f := range folders {
				set := vm + "/" + f.Name()
				if slices.Contains(o.ledger.others[place], set) {
					continue
				}
				if known[place+"/"+set] {
					whole++
					continue
				}
				stands, err := o.archive.glance(l.Root, set)
				if err != nil {
					return fmt.Errorf("%s/%s is visible and not whole: %w", place, set, err)
				}
				if stands {
					known[place+"/"+set] = true
					whole++
				}
			}
			if floor := min(len(days), enough[place]); whole < floor {
				return fmt.Errorf("%s/%s has %d whole sets, want at least %d", place, vm, whole, floor)
			}
		}
	}
	return nil
}
