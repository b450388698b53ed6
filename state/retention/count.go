package retention

import "fmt"

// count keeps the newest n candidates, all of them where n is negative.
type count struct {
	name string
	n    int
}

func (r count) decide(candidates []*member) {
	var beyond []Reason // one for all
	if r.n >= 0 && len(candidates) > r.n {
		beyond = []Reason{r.quota(candidates[r.n-1])}
	}
	for i, c := range candidates {
		switch {
		case r.n < 0:
			c.keep(Reason{Rule: r.name, N: i + 1, Of: -1, Text: fmt.Sprintf("%s %d, unlimited", r.name, i+1)})
		case i < r.n:
			c.keep(Reason{Rule: r.name, N: i + 1, Of: r.n, Text: fmt.Sprintf("%s %d of %d", r.name, i+1, r.n)})
		default:
			c.removed = append(c.removed, beyond...)
		}
	}
}

func (r count) quota(last *member) Reason {
	return Reason{
		Rule: r.name, Code: Quota, N: r.n, Of: r.n, By: string(last.key.Stamp),
		Text: fmt.Sprintf("quota %s %d of %d reached at %s", r.name, r.n, r.n, last.key.Stamp),
	}
}
