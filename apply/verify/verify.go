package verify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
)

// Level is how much of a copy is asked, from the weakest to the strongest.
type Level string

const (
	List   Level = "list"            // names and sizes, as listed
	Server Level = state.ServerProof // a sum that the server computes
	Read   Level = state.ReadProof   // every byte is read
)

// Copy is a set at a place, as it was listed, with its manifest.
type Copy struct {
	Place string
	Store providers.Store
	Set   state.Set // with a manifest, or the reason why it has none
	Proof state.Proof
	// Work is the folder where proofs are recorded; "" records nothing.
	Work state.WorkDir
	// Folder names a copy that is at no destination; "" for one that is.
	Folder string
}

// Address names the copy for people.
func (c Copy) Address() string { return cmp.Or(c.Folder, state.Address(c.Place, c.Set.Key)) }

// Options are how much is verified.
type Options struct {
	Level Level
	// Since leaves out files that were proven at that level at or after it; zero: none.
	Since time.Time
	// MaxBytes is how much is read at most; 0: no limit.
	MaxBytes int64
	// Deadline is when no more is read; zero: never. It is no error.
	Deadline time.Time
	Now      func() time.Time
	// Events receives each event, one call at a time; nil is allowed.
	Events func(event.Event)
	// Parallelism is how many sets of a place are read at once; 0 leaves it to the place.
	Parallelism int
}

// run is one verification at work.
type run struct {
	Options
	mu   sync.Mutex // of Events and lost
	lost map[string]error
	read atomic.Int64
}

// Run verifies copies, those first whose proof is oldest. The result has all that were
// reached before the budget was spent, ordered as the copies were; its error is that of ctx.
func Run(ctx context.Context, copies []Copy, o Options) (Result, error) {
	r := &run{Options: o, lost: map[string]error{}}
	began := o.Now()
	reading := ctx
	if !o.Deadline.IsZero() {
		var cancel context.CancelFunc
		reading, cancel = context.WithTimeoutCause(ctx, o.Deadline.Sub(began), errLate)
		defer cancel()
	}
	sets := make([]Set, len(copies))
	places := byPlace(copies, o)
	parallel.All(reading, len(places), len(places), func(p int) {
		order := places[p]
		width := parallel.Width(o.Parallelism, copies[order[0]].Store)
		parallel.All(reading, width, len(order), func(i int) {
			sets[order[i]] = r.set(reading, copies[order[i]])
		})
	})
	result := Result{Level: o.Level, Bytes: r.read.Load(), Began: began.UTC(), Elapsed: o.Now().Sub(began)}
	for i, s := range sets {
		if s.Copy.Store == nil { // not begun before the end
			s = later(copies[i])
		}
		result.Sets = append(result.Sets, s)
		result.Total += copies[i].Set.Bytes()
	}
	return result, ctx.Err()
}

// errLate: the time for reading is over.
var errLate = errors.New("the time is over")

// byPlace are the indexes of the copies of each place, those first that were proven longest
// ago.
func byPlace(copies []Copy, o Options) (places [][]int) {
	at := map[string]int{}
	for i, c := range copies {
		n, there := at[c.Place]
		if !there {
			n = len(places)
			at[c.Place], places = n, append(places, nil)
		}
		places[n] = append(places[n], i)
	}
	for _, indexes := range places {
		slices.SortStableFunc(indexes, func(a, b int) int {
			if c := copies[a].provenFrom(o.Level).Compare(copies[b].provenFrom(o.Level)); c != 0 {
				return c
			}
			return copies[a].Set.Key.Compare(copies[b].Set.Key)
		})
	}
	return places
}

// provenFrom is when the file was proven at that level whose proof is oldest; zero if one
// was not.
func (c Copy) provenFrom(level Level) time.Time {
	if files := c.Proof.FirstSums(c.Set.Manifest); files != nil {
		return slices.MinFunc(files, func(a, b state.FileProof) int { return a.At.Compare(b.At) }).At
	}
	first, _, how := c.Proof.OfSet(c.Set.Manifest)
	if level == Read && how == state.ServerProof {
		return time.Time{}
	}
	return first
}

// take asks for n more bytes to be read.
func (r *run) take(n int64) bool {
	if read := r.read.Add(n); r.MaxBytes > 0 && read > r.MaxBytes {
		r.read.Add(-n)
		return false
	}
	return true
}

// lose notes that a place cannot be asked any more.
func (r *run) lose(place string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost[place] == nil {
		r.lost[place] = err
	}
}

func (r *run) lostPlace(place string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost[place]
}

func (r *run) tell(e event.Event) {
	if r.Events == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Events(e)
}
