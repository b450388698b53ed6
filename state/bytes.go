package state

import "fmt"

// FormatBytes writes a number of bytes for people: "41.2 GiB", "812 B".
func FormatBytes(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n)/(1<<10), 0
	for v >= 1023.95 && unit < len(byteUnits)-1 { // 1023.95 would print as 1024.0
		v, unit = v/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %s", v, byteUnits[unit])
}

var byteUnits = []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
