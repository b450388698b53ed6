package planfile

import "github.com/vmxsync/vmxsync/diff"

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
	if d.members["plan"], err = canonical(expanded(p, steps)); err != nil {
		return nil, err
	}
	text, err := canonical(d.members)
	return append(text, '\n'), err
}

// planWithSteps is a plan with the steps that follow from it.
type planWithSteps struct {
	*diff.Plan
	Places   []placeWithSteps   `json:"places"`
	Cleanups []cleanupWithSteps `json:"cleanups"`
	Changes  []changeWithSteps  `json:"changes"`
}

type placeWithSteps struct {
	diff.Place
	Steps []diff.Step `json:"steps,omitempty"`
}

type cleanupWithSteps struct {
	diff.Cleanup
	Steps []diff.Step `json:"steps"`
}

type changeWithSteps struct {
	diff.Change
	Steps []diff.Step `json:"steps"`
}

func expanded(p *diff.Plan, steps diff.Steps) planWithSteps {
	x := planWithSteps{Plan: p}
	for i, place := range p.Places {
		x.Places = append(x.Places, placeWithSteps{place, steps.Places[i]})
	}
	for i, c := range p.Cleanups {
		x.Cleanups = append(x.Cleanups, cleanupWithSteps{c, steps.Cleanups[i]})
	}
	for i, c := range p.Changes {
		x.Changes = append(x.Changes, changeWithSteps{c, steps.Changes[i]})
	}
	return x
}
