package wire

import (
	"fmt"
	"regexp"
	"strconv"
)

// sixNumbers finds address and port of PASV wherever they stand (RFC 1123,
// 4.1.2.6): with brackets or without, text or blanks around.
var sixNumbers = regexp.MustCompile(`(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})`)

// readPassive finds the address, host:port, in a reply to PASV, and gives the reply in
// the one form that the library reads; "": there is none.
func readPassive(reply []byte) (address string, readable []byte) {
	m := sixNumbers.FindSubmatch(reply)
	if m == nil {
		return "", reply
	}
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(m[i+1]))
		if n[i] > 255 {
			return "", reply
		}
	}
	return fmt.Sprintf("%d.%d.%d.%d:%d", n[0], n[1], n[2], n[3], n[4]<<8|n[5]),
		fmt.Appendf(nil, "227 passive (%d,%d,%d,%d,%d,%d)\r\n", n[0], n[1], n[2], n[3], n[4], n[5])
}
