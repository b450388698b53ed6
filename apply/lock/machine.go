package lock

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// Machine is this process, as one that takes locks.
type Machine struct {
	dir    string // of the file locks
	id     string
	name   string // for people
	serial string // what tells machines of one name apart, as far as it is known
}

// Here takes locks for this user on this machine, whose file locks lie in the
// folder dir. It is made with the first lock.
func Here(dir string) *Machine {
	name, err := os.Hostname()
	if err != nil {
		name = "unknown"
	}
	serial, _ := os.ReadFile("/etc/machine-id") // systems without it do with the rest
	return &Machine{dir: dir, id: random(6), name: name, serial: string(serial)}
}

// host names the machine in a lock. nonce is that of a file lock: where two
// names are equal, one kernel has both locks, or else names, serials and the
// file itself were copied.
func (m *Machine) host(nonce string) string {
	sum := sha256.Sum256([]byte(m.name + "\x00" + m.serial + "\x00" + nonce))
	return fmt.Sprintf("%s-%s", plainName(m.name), hex.EncodeToString(sum[:6]))
}

// plainName is what of a name every server keeps, in lower case: some fold it.
func plainName(name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return plain[:min(len(plain), 40)]
}

// random is n random bytes in hex.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
