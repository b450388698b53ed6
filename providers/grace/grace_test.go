package grace_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/providers/grace"
)

func TestContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		same, cancel := grace.Context(ctx)
		defer cancel()
		detached, cancel := grace.Detached(ctx)
		defer cancel()
		interrupt()
		if same.Err() == nil || detached.Err() != nil {
			t.Errorf("got %v and %v, want only the first to end with the interrupt", same.Err(), detached.Err())
		}
		after, cancel := grace.Context(ctx)
		defer cancel()
		if after.Err() != nil {
			t.Errorf("got %v after an interrupt", after.Err())
		}
		time.Sleep(grace.Period)
		synctest.Wait()
		if after.Err() == nil || detached.Err() == nil {
			t.Error("nothing ends after the period")
		}
	})
}
