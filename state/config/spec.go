package config

// Spec is what the user wants: the configuration, decoded and checked. Its
// references between blocks are names; every name in it resolves.
type Spec struct {
	Name         string // who owns a destination root
	Dir          string // absolute; paths of the configuration were relative to it
	Files        []ConfigFile
	Variables    []Variable
	Sources      []Source
	Destinations []Destination
	Policies     []Policy
	Backups      []Backup
	Guard        Guard
	Hooks        []Hook
	Drills       []Drill
	Notifies     []Notify
	Metrics      *Metrics // nil: none
	Log          *Log     // nil: none
}

// ConfigFile is one file of the configuration.
type ConfigFile struct {
	Path   string // absolute
	SHA256 string // of its content, in hex
}

// Variable is one declared variable with the value that holds for this run.
type Variable struct {
	Name      string
	Sensitive bool
	// JSON is the value; nil where the variable is sensitive.
	JSON []byte
	// FromEnv reports that the value came from VMXSYNC_VAR_*, so that an apply
	// in the same environment finds it again.
	FromEnv bool
}

// Destination returns the destination of that name.
func (s *Spec) Destination(name string) (Destination, bool) {
	for _, x := range s.Destinations {
		if x.Name == name {
			return x, true
		}
	}
	return Destination{}, false
}

// Policy returns the retention of that name.
func (s *Spec) Policy(name string) (Policy, bool) {
	for _, x := range s.Policies {
		if x.Name == name {
			return x, true
		}
	}
	return Policy{}, false
}
