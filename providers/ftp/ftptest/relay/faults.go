package relay

import "time"

// Faults are what a Relay does wrong. The zero value is a faithful relay.
type Faults struct {
	Delay   time.Duration // added to whatever passes, in each direction
	Connect time.Duration // how long a connection is open before anything is sent on it, as if it had taken a round trip to open
	Rate    int           // bytes per second of one data connection; 0: as fast as it goes

	CutUpload    int64 // reset the data connection after so many bytes from the client
	HoldUpload   int64 // pass nothing more on it after so many bytes from the client
	HoldDownload int64 // pass nothing more on it after so many bytes from the server
	EndDownload  int64 // end it properly after so many bytes: a short file or listing with a good reply

	LoseReplyTo   string // a command, as STOR: the server does it, its last reply is lost, the session is reset
	HoldReplyTo   string // likewise, but the session stays open and silent
	HoldControl   int64  // pass nothing more on a control connection after so many bytes, both ways together
	Banner        string // said in place of the server's greeting
	NoBanner      bool   // accept control connections and stay silent
	RefuseSession int    // answer 421 to this control connection, counting from 1 since New or Set

	SplitLines int  // take what follows so many bytes of a command for the next command, as inetutils-ftpd does after 511
	Globs      bool // LIST, NLST and MLSD take their argument for a pattern, as inetutils-ftpd does

	// CutChance is the share of the connections, of control and of data, that
	// are reset somewhere in their first 16 KiB, both ways together. Which ones
	// follows from Seed and the order in which they come.
	CutChance float64
	Seed      uint64

	// Times is how often each of these faults happens before the relay is
	// faithful again; 0: always. Delay, Connect and Rate are not counted.
	Times int
}

// Fault names one of Faults that can be hit or missed.
type Fault string

// The names are those of the fields of Faults.
const (
	CutUpload     Fault = "CutUpload"
	HoldUpload    Fault = "HoldUpload"
	HoldDownload  Fault = "HoldDownload"
	EndDownload   Fault = "EndDownload"
	LoseReplyTo   Fault = "LoseReplyTo"
	HoldReplyTo   Fault = "HoldReplyTo"
	HoldControl   Fault = "HoldControl"
	Banner        Fault = "Banner"
	NoBanner      Fault = "NoBanner"
	RefuseSession Fault = "RefuseSession"
	SplitLines    Fault = "SplitLines"
	Globs         Fault = "Globs"
	CutChance     Fault = "CutChance"
)

// wanted lists the faults that are asked for.
func (f Faults) wanted() []Fault {
	var all []Fault
	for _, x := range []struct {
		fault Fault
		on    bool
	}{
		{CutUpload, f.CutUpload > 0}, {HoldUpload, f.HoldUpload > 0},
		{HoldDownload, f.HoldDownload > 0}, {EndDownload, f.EndDownload > 0},
		{LoseReplyTo, f.LoseReplyTo != ""}, {HoldReplyTo, f.HoldReplyTo != ""},
		{HoldControl, f.HoldControl > 0}, {Banner, f.Banner != ""},
		{NoBanner, f.NoBanner}, {RefuseSession, f.RefuseSession > 0},
		{SplitLines, f.SplitLines > 0}, {Globs, f.Globs},
		{CutChance, f.CutChance > 0},
	} {
		if x.on {
			all = append(all, x.fault)
		}
	}
	return all
}
