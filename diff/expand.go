package diff

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Steps are the steps of a plan: those of its i-th place, cleanup and change, each
// list in the order of work.
type Steps struct{ Places, Cleanups, Changes [][]Step }

// Expand derives the steps of a plan. It is pure, and nothing else knows which step
// leads where: a plan holds no paths of steps, so that none of them can be wrong. The
// run is the id that names folders in trash; RunPlaceholder, where only a person reads it.
//
// It refuses a plan whose parts do not belong together, and one with a path that no
// place may have.
func Expand(p *Plan, run string) (Steps, error) {
	steps := Steps{make([][]Step, len(p.Places)), make([][]Step, len(p.Cleanups)), make([][]Step, len(p.Changes))}
	err := newExpansion(p, run).each(p, func(of [][]Step, i int, list []Step) { of[i] = list }, steps)
	if err != nil {
		return Steps{}, err
	}
	return steps, nil
}

// CheckSteps returns the error of Expand. It keeps no steps, of which a plan has many times
// as many as changes.
func CheckSteps(p *Plan) error {
	return newExpansion(p, RunPlaceholder).each(p, func([][]Step, int, []Step) {}, Steps{})
}

// each derives the steps of all places, changes and cleanups, and gives them to take, with
// the list in into where they belong.
func (x *expansion) each(p *Plan, take func(of [][]Step, i int, list []Step), into Steps) error {
	for i, place := range p.Places {
		list, err := x.verified(x.own(place))
		if err != nil {
			return fmt.Errorf("place %q: %w", place.Name, err)
		}
		take(into.Places, i, list)
	}
	for _, turn := range []turn{earlyTurn, createTurn, deleteTurn} {
		for i, c := range p.Changes {
			if turnOf(c) != turn {
				continue
			}
			list, err := x.verified(x.change(c))
			if err != nil {
				return fmt.Errorf("change %q: %w", c.Address, err)
			}
			take(into.Changes, i, list)
		}
	}
	for i, c := range p.Cleanups {
		list, err := x.verified(x.cleanup(c))
		if err != nil {
			return fmt.Errorf("cleanup %q: %w", c.Path, err)
		}
		take(into.Cleanups, i, list)
	}
	return nil
}

// turn is when a change is made within its group, wherever it is in the plan.
type turn int

const (
	earlyTurn turn = iota
	createTurn
	deleteTurn
)

func turnOf(c Change) turn {
	switch {
	case c.Early:
		return earlyTurn
	case c.Mode == Remove || c.Mode == Prune:
		return deleteTurn
	}
	return createTurn
}

// expansion is one Expand at work.
type expansion struct {
	run    string
	places map[string]Place
	saw    map[string]state.State // sets at their final names, by address
	groups map[string]*sequence   // by scope
	marks  map[string]string      // ids of the steps that write a manifest, by staged folder
	ids    map[[16]byte]bool      // of all steps so far, by the begin of their SHA-256
}

func newExpansion(p *Plan, run string) *expansion {
	x := &expansion{
		run: run, places: map[string]Place{}, saw: p.Seen(), groups: map[string]*sequence{}, marks: map[string]string{}, ids: map[[16]byte]bool{},
	}
	for _, place := range p.Places {
		x.places[place.Name] = place
		for _, o := range place.Observed {
			x.groups[o.Scope] = newSequence(o)
		}
	}
	return x
}

// verified refuses steps with an id that is taken, or a path that no place may have.
func (x *expansion) verified(steps []Step, err error) ([]Step, error) {
	for _, s := range steps {
		sum := sha256.Sum256([]byte(s.ID))
		id := [16]byte(sum[:16])
		if x.ids[id] {
			return nil, fmt.Errorf("step %q is a duplicate", s.ID)
		}
		x.ids[id] = true
		for _, p := range []string{s.From, s.To} {
			if p != "" && providers.CheckPath(p) != nil {
				return nil, fmt.Errorf("step %q: %w", s.ID, providers.CheckPath(p))
			}
		}
	}
	return steps, err
}

// own makes a root that of the plan.
func (x *expansion) own(p Place) ([]Step, error) {
	b := &steps{address: p.Name}
	if !p.Own {
		if len(p.Disown) > 0 {
			return nil, errors.New("takes over work folders of a root that is not taken over")
		}
		return nil, nil
	}
	id := b.add(Step{Op: OpOwn, To: p.WorkDir.Owner()})
	for _, other := range p.Disown {
		if other == p.WorkDir || providers.CheckName(string(other)) != nil {
			return nil, fmt.Errorf("%q is not the work folder of another configuration", other)
		}
		b.addAs(string(OpDisown)+" "+string(other), Step{Op: OpDisown, From: other.Owner(), Needs: []string{id}})
	}
	return b.list, nil
}

// cleanup is one step, in the folder that the cleanup names.
func (x *expansion) cleanup(c Cleanup) ([]Step, error) {
	s := Step{From: c.Path}
	var key state.Key
	var ok bool
	switch place := x.places[c.Place]; {
	case place.Role == "":
		return nil, fmt.Errorf("unknown place %q", c.Place)
	case place.Role == SourceRole:
		s.Op, s.To, key, ok = asideCleanup(place, c)
	case c.Kind == StagingCleanup || c.Kind == InPlaceCleanup:
		s.Op, s.To, key, ok = stagedCleanup(place, c)
		s.Expect = c.Claim
	default:
		s.Op, s.To, key, ok = trashCleanup(place, c)
	}
	if !ok || key.VM != c.VM || providers.CheckName(key.VM) != nil {
		return nil, fmt.Errorf("its path is not one of a cleanup of kind %q at %q", c.Kind, c.Place)
	}
	if id := x.marks[c.Place+"/"+c.Path]; id != "" && s.Op == OpPurge {
		s.Needs = []string{id}
	}
	b := &steps{address: c.Place + ":" + c.Path}
	b.add(s)
	return b.list, nil
}

func stagedCleanup(place Place, c Cleanup) (op Op, to string, k state.Key, ok bool) {
	k, err := state.ParseDecorated(path.Base(c.Path))
	op = OpPurge
	if c.Kind == InPlaceCleanup {
		op, to = OpAbandon, place.Layout.Path(k)
	}
	return op, to, k, err == nil && c.Path == place.WorkDir.Staged(k)
}

func trashCleanup(place Place, c Cleanup) (op Op, to string, k state.Key, ok bool) {
	name := path.Base(c.Path)
	k, _, replaced, err := state.ParseTrash(name)
	ok = err == nil && c.Path == path.Join(place.WorkDir.Trash(), name)
	if c.Kind == ReturnCleanup {
		return OpReturn, place.Layout.Path(k), k, ok && replaced
	}
	return OpPurge, "", k, ok && c.Kind == TrashCleanup
}

// asideCleanup is of what a prune has left at a source.
func asideCleanup(source Place, c Cleanup) (op Op, to string, k state.Key, ok bool) {
	to, _, gone, ok := state.ParseAside(c.Path)
	k, fits := source.Layout.Key(to)
	if c.Kind == GoneCleanup {
		return OpClear, to, k, ok && fits && gone
	}
	return OpReturn, to, k, ok && fits && !gone && c.Kind == ReturnCleanup
}

// sequence is one group while its changes are expanded one after the other.
type sequence struct {
	present map[state.Stamp]string // the digests of the sets at final names
	sum     GroupSum               // of these
	creates []Change
	counts  []string // ids of the steps that make the creates count
	deletes []string // id of the last delete
}

// newSequence begins with what the plan saw, less what is being deleted.
func newSequence(o Observed) *sequence {
	q := &sequence{present: map[state.Stamp]string{}}
	for _, s := range o.Sets {
		if s.State != state.Incomplete {
			q.put(s.Name, s.SHA256)
		}
	}
	return q
}

// put puts a set at its final name, in the place of what is there.
func (q *sequence) put(name state.Stamp, digest string) {
	q.drop(name)
	q.present[name] = digest
	q.sum.Add(name, digest)
}

func (q *sequence) drop(name state.Stamp) {
	if was, there := q.present[name]; there {
		q.sum.Remove(name, was)
		delete(q.present, name)
	}
}

// create notes a change that makes a set count, and the step that does.
func (q *sequence) create(c Change, id string) {
	q.creates, q.counts = append(q.creates, c), append(q.counts, id)
}

// remove completes the step that deletes a set: it expects the group as the creates and
// the deletes before it leave it, and needs them.
func (q *sequence) remove(k state.Key, s Step) Step {
	for _, c := range q.creates {
		_, made, _ := state.SplitAddress(c.Address)
		q.put(made.Stamp, state.Digest(c.Files))
	}
	s.Expect = q.sum.Digest()
	s.Needs = slices.Concat(q.counts, q.deletes)
	q.drop(k.Stamp)
	q.creates, q.counts = nil, nil
	return s
}
