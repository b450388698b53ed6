package providers

import "strings"

// PartialListing is the error of a listing of which some lines were not
// understood. Nobody acts on half a listing by accident: who can use the part that
// was understood asks for it with errors.As, and concludes nothing from what is
// missing in it.
type PartialListing struct {
	Files []File   // the entries that were understood, as List returns them
	Lines []string // what was not, as the place sent it; may be hostile
	Err   error    // wraps ErrListing
}

func (p *PartialListing) Error() string { return p.Err.Error() }
func (p *PartialListing) Unwrap() error { return p.Err }

// MayHide reports whether an entry of that name, in whatever case, may be in a line
// that was not understood.
func (p *PartialListing) MayHide(name string) bool {
	for _, line := range p.Lines {
		if strings.Contains(strings.ToLower(line), strings.ToLower(name)) {
			return true
		}
	}
	return false
}
