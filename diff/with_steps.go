package diff

// WithSteps is the document of a plan for people and scripts: as it is in the file, and
// with the steps of each place, cleanup and change. It is not a plan file.
func WithSteps(doc []byte, p *Plan) ([]byte, error) {
	d, err := parse(doc)
	if err != nil {
		return nil, err
	}
	steps, err := Expand(p, RunPlaceholder)
	if err != nil {
		return nil, err
	}
	if d["plan"], err = canonical(expanded(p, steps)); err != nil {
		return nil, err
	}
	text, err := canonical(d)
	return append(text, '\n'), err
}

// planWithSteps is a plan with the steps that follow from it.
type planWithSteps struct {
	*Plan
	Places   []placeWithSteps   `json:"places"`
	Cleanups []cleanupWithSteps `json:"cleanups"`
	Changes  []changeWithSteps  `json:"changes"`
}

type placeWithSteps struct {
	Place
	Steps []Step `json:"steps,omitempty"`
}

type cleanupWithSteps struct {
	Cleanup
	Steps []Step `json:"steps"`
}

type changeWithSteps struct {
	Change
	Steps []Step `json:"steps"`
}

func expanded(p *Plan, steps Steps) planWithSteps {
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
