package apply

import "context"

// before calls the caller's hook and then forgets what was read so far: the places are
// compared with the plan as if for the first time.
func (x *executor) before(ctx context.Context) error {
	if x.opts.Before == nil {
		return nil
	}
	if err := x.opts.Before(ctx); err != nil {
		return err
	}
	x.jobs, x.owners, x.found = nil, map[string]*job{}, nil
	x.unread, x.lost = map[string]error{}, map[string]error{}
	if err := x.buildJobs(); err != nil {
		return err
	}
	return x.check(ctx)
}
