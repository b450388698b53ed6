package planfile

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/vmxsync/vmxsync/diff"
)

// All deletes of a VM are justified by the same sets. A plan file names them with the first
// of these deletes alone: thousands of deletes beside hundreds of sets that stay would take
// a hundred megabytes otherwise.

// savedChange is a change as a plan file has it.
type savedChange struct {
	diff.Change
	// RetainsOf is the address of an earlier change that retains the same sets; "" where
	// Retains lists them.
	RetainsOf string `json:"retains_of,omitempty"`
}

// listID identifies a list that several changes share.
type listID struct {
	first *string
	n     int
}

func idOf(list []string) listID {
	if len(list) == 0 {
		return listID{}
	}
	return listID{&list[0], len(list)}
}

// sharing returns a function that makes the saved form of each change, given in their order.
func sharing() func(diff.Change) savedChange {
	first := map[listID]string{} // the addresses of those that list them
	return func(c diff.Change) savedChange {
		id := idOf(c.Retains)
		if of, known := first[id]; known {
			c.Retains = nil
			return savedChange{c, of}
		}
		if id.n > 0 {
			first[id] = c.Address
		}
		return savedChange{Change: c}
	}
}

// shared reads what sharing has made of changes, which come in their order, and nothing else
// that no change has.
func shared() *json.Unmarshalers {
	lists := map[string][]string{}
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v *diff.Change) error {
		var s savedChange
		if err := json.UnmarshalDecode(dec, &s, json.WithUnmarshalers(nil), json.RejectUnknownMembers(true)); err != nil {
			return err
		}
		if s.RetainsOf != "" {
			list, known := lists[s.RetainsOf]
			if !known || len(s.Retains) > 0 {
				return fmt.Errorf("change %q: no earlier change %q lists what it retains", s.Address, s.RetainsOf)
			}
			s.Retains = list
		} else if len(s.Retains) > 0 {
			lists[s.Address] = s.Retains
		}
		*v = s.Change
		return nil
	})
}
