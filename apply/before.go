package apply

import "context"

// before lets the caller act, and then forgets what was seen until then: the
// world is compared with the plan as if for the first time.
func (x *executor) before(ctx context.Context) error {
	if x.opts.Before == nil {
		return nil
	}
	if err := x.opts.Before(ctx); err != nil {
		return err
	}
	x.jobs, x.owners, x.found = nil, map[string]*job{}, nil
	x.unread, x.lost = map[string]error{}, map[string]error{}
	if err := x.plot(); err != nil {
		return err
	}
	return x.check(ctx)
}
