package planfile

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff"
)

// WithSteps is the document of a plan for people and scripts: as it is in the file, and
// with the steps of each place, cleanup and change. It is not a plan file.
func WithSteps(doc []byte, p *diff.Plan) ([]byte, error) {
	d, err := parse(doc)
	if err != nil {
		return nil, err
	}
	steps, err := diff.Expand(p, diff.RunPlaceholder)
	if err != nil {
		return nil, err
	}
	before, behind := d.around("plan")
	text, err := appendPlan(slices.Clone(before), p, writers{
		place: func(to []byte, i int, place diff.Place) ([]byte, error) {
			return appendPlace(to, place, steps.Places[i])
		},
		cleanup: func(to []byte, i int, c diff.Cleanup) ([]byte, error) {
			return appendValue(to, cleanupWithSteps{c, steps.Cleanups[i]})
		},
		change: func(to []byte, i int, c diff.Change) ([]byte, error) {
			return appendValue(to, changeWithSteps{c, steps.Changes[i]})
		},
	})
	return append(text, behind...), err
}

type cleanupWithSteps struct {
	diff.Cleanup
	Steps []diff.Step `json:"steps"`
}

type changeWithSteps struct {
	diff.Change
	Steps []diff.Step `json:"steps"`
}
