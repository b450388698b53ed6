package evidence

import (
	"encoding/json"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/drills"
	"github.com/vmxsync/vmxsync/diff/evidence"
)

// Document is the result of vmxsync report -json.
type Document struct {
	Format string            `json:"format"` // "vmxsync.report/1"
	Name   string            `json:"name"`   // of the configuration
	Host   string            `json:"host"`
	At     time.Time         `json:"at"`
	OK     bool              `json:"ok"` // nothing is overdue, and all was read
	VMs    []VM              `json:"vms"`
	Drills []Drill           `json:"drills"`
	Unread map[string]string `json:"unread,omitempty"` // places that could not be read, with the reason
	// Unusable are records of drills that cannot be used: one may hide a failure.
	Unusable []string `json:"unusable,omitempty"`
	overdue  int
}

// VM is one VM at one destination.
type VM struct {
	Destination string       `json:"destination"`
	VM          string       `json:"vm"`
	LastBackup  string       `json:"last_backup,omitempty"` // time of the newest set that counts, as in its name
	Time        time.Time    `json:"time,omitzero"`         // the same, in the zone of its source
	Sets        int          `json:"sets"`
	LastProof   *Proof       `json:"last_proof,omitempty"`
	LastDrill   *drills.Held `json:"last_drill,omitempty"`
	Overdue     []string     `json:"overdue"`
	Unknown     string       `json:"unknown,omitempty"` // why its sets are not known
}

// Proof is when every file of a set was last found as its manifest says.
type Proof struct {
	Set   string    `json:"set"` // its time
	At    time.Time `json:"at,omitzero"`
	Level string    `json:"level"` // "read", "server", or "unknown" where the ledger could not be read
}

// Drill is a drill of the configuration.
type Drill struct {
	Name    string       `json:"name"`
	From    []string     `json:"from"`
	Every   string       `json:"every"`
	Last    *drills.Held `json:"last,omitempty"`
	Next    time.Time    `json:"next,omitzero"` // absent: at once
	Due     bool         `json:"due"`
	Unknown bool         `json:"unknown,omitempty"` // a destination of it could not be read
}

// About is what the report is of.
type About struct {
	Name, Host string
	At         time.Time
	Unread     map[string]error // places, by name
	Unusable   []error          // records of drills
}

// New describes evidence.
func New(r evidence.Report, a About) Document {
	d := Document{Format: "vmxsync.report/1", Name: a.Name, Host: a.Host, At: a.At, VMs: []VM{}, Drills: []Drill{}}
	for _, row := range r.Rows {
		d.VMs = append(d.VMs, vm(row))
		if len(row.Overdue) > 0 || row.Unknown != "" {
			d.overdue++
		}
	}
	for _, one := range r.Drills {
		out := Drill{Name: one.Name, From: one.From, Every: one.Every.String(), Next: one.Next, Due: one.Due, Unknown: one.Unknown}
		if one.Last != nil {
			out.Last = drills.NewHeld(one.Last.Place, one.Last.Drill)
		}
		if out.Due || out.Unknown {
			d.overdue++
		}
		d.Drills = append(d.Drills, out)
	}
	for name, err := range a.Unread {
		if d.Unread == nil {
			d.Unread = map[string]string{}
		}
		d.Unread[name] = err.Error()
	}
	for _, err := range a.Unusable {
		d.Unusable = append(d.Unusable, err.Error())
	}
	d.OK = len(d.VMs) > 0 && d.open() == 0
	return d
}

// open is how much is overdue or not known.
func (d Document) open() int { return d.overdue + len(d.Unread) + len(d.Unusable) }

func vm(row evidence.Row) VM {
	out := VM{Destination: row.Destination, VM: row.VM, LastBackup: string(row.Newest), Time: row.At, Sets: row.Sets, Overdue: row.Overdue, Unknown: row.Unknown}
	if out.Overdue == nil {
		out.Overdue = []string{}
	}
	if row.Proof != nil {
		out.LastProof = &Proof{string(row.Proof.Stamp), row.Proof.At, row.Proof.Level}
	}
	if row.Drill != nil {
		out.LastDrill = drills.NewHeld(row.Drill.Place, row.Drill.Drill)
	}
	return out
}

// JSON is the document, with a line end.
func (d Document) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(d, "", "  ")
	return append(text, '\n'), err
}
