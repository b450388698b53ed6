package providers

import "context"

type noticeKey struct{}

// WithNotices makes a store that is opened with ctx tell what its user should
// know and what is no error: one call at a time for each store is not promised,
// and a text may come more than once. It may hold what a server said, escaped.
func WithNotices(ctx context.Context, tell func(text string)) context.Context {
	return context.WithValue(ctx, noticeKey{}, tell)
}

// NoticesOf is where a store that is opened with ctx tells its notices; never
// nil.
func NoticesOf(ctx context.Context) func(text string) {
	if tell, ok := ctx.Value(noticeKey{}).(func(string)); ok {
		return tell
	}
	return func(string) {}
}
