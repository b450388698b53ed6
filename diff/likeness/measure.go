package likeness

import (
	"container/heap"

	"github.com/vmxsync/vmxsync/state"
)

// Measure is what sets are compared with: the sets of a VM that count so far. To add a set,
// and to compare one, takes as long as that set has files, however many were added.
type Measure struct {
	sets  int
	first state.Stamp      // of the set that was added first
	have  map[kindsOf]int  // how many sets have that many files of a kind, or more
	usual map[kindsOf]bool // those that half of the sets have, and some that fewer have by now
	bytes median
}

// kindsOf is a number of files of one kind in one set.
type kindsOf struct {
	kind  string
	files int
}

// MeasureOf is what those sets are together.
func MeasureOf(sets ...Likeness) *Measure {
	m := &Measure{have: map[kindsOf]int{}, usual: map[kindsOf]bool{}}
	for _, l := range sets {
		m.Add(l)
	}
	return m
}

// Add adds a set.
func (m *Measure) Add(l Likeness) {
	if m.sets == 0 {
		m.first = l.Stamp
	}
	m.sets++
	m.bytes.add(l.Bytes)
	for kind, n := range l.kinds {
		for files := 1; files <= n; files++ {
			k := kindsOf{kind, files}
			m.have[k]++
			if m.isUsual(k) {
				m.usual[k] = true
			}
		}
	}
}

func (m *Measure) isUsual(k kindsOf) bool { return 2*m.have[k] >= m.sets }

// lacking names a kind of file of which at least half of the sets have more than l, and how
// many have; the first by name.
func (m *Measure) lacking(l Likeness) (kind string, in int) {
	if l.kinds == nil {
		return "", 0
	}
	for k := range m.usual {
		switch {
		case !m.isUsual(k):
			delete(m.usual, k)
		case k.files == l.kinds[k.kind]+1 && (kind == "" || k.kind < kind):
			kind, in = k.kind, m.have[k]
		}
	}
	return kind, in
}

// median is the upper one of two: of a full set and one that is not, the full one is the
// measure.
type median struct {
	lower smallest // the smaller half, negated
	rest  smallest
}

func (m *median) add(n int64) {
	heap.Push(&m.rest, n)
	heap.Push(&m.lower, -heap.Pop(&m.rest).(int64))
	if len(m.lower) > len(m.rest) {
		heap.Push(&m.rest, -heap.Pop(&m.lower).(int64))
	}
}

// upper is the median of what was added, which must not be nothing.
func (m *median) upper() int64 { return m.rest[0] }

// smallest is a heap with the smallest number first.
type smallest []int64

func (h smallest) Len() int           { return len(h) }
func (h smallest) Less(i, j int) bool { return h[i] < h[j] }
func (h smallest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *smallest) Push(n any)        { *h = append(*h, n.(int64)) }
func (h *smallest) Pop() any {
	last := len(*h) - 1
	n := (*h)[last]
	*h = (*h)[:last]
	return n
}
