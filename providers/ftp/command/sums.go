package command

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/resume"
)

// Algorithm is a sum that a server can compute of a file: by HASH
// (draft-bryan-ftpext-hash), or by a command of its own, which has no standard.
type Algorithm struct {
	Name    string // as HASH names it
	command string
	New     func() hash.Hash
}

// algorithms begins with the strongest.
var algorithms = []Algorithm{
	{"SHA-512", "XSHA512", sha512.New},
	{"SHA-256", "XSHA256", sha256.New},
	{"SHA-1", "XSHA1", sha1.New},
	{"MD5", "XMD5", md5.New},
	{"CRC32", "XCRC", func() hash.Hash { return crc32.NewIEEE() }},
}

// hashRate is the slowest disk that a server is expected to read a file from.
const hashRate = 16 << 20 // bytes per second

// AlgorithmOf is the one to ask this server for; SHA-256, which is known of every
// file that was sent, before all others. False: it offers none.
func AlgorithmOf(s *Session) (Algorithm, bool) {
	offered := slices.DeleteFunc(slices.Clone(algorithms), func(a Algorithm) bool { return !offers(s, a) && !s.Has(a.command) })
	if len(offered) == 0 {
		return Algorithm{}, false
	}
	if i := slices.IndexFunc(offered, func(a Algorithm) bool { return a.Name == "SHA-256" }); i >= 0 {
		return offered[i], true
	}
	return offered[0], true
}

// ErrNoSums is the error of a server that offers no sums where they are asked for.
var ErrNoSums = providers.WithHint(fmt.Errorf("verify = \"hash\": %w (HASH, XSHA256, XMD5, XCRC)", resume.ErrNoSum),
	"Set verify = \"readback\" in the transfer block, which reads every file back, or verify = \"size\".")

// MustSum is AlgorithmOf for a server that is required to offer one.
func MustSum(s *Session) (Algorithm, error) {
	a, ok := AlgorithmOf(s)
	if !ok {
		return a, ErrNoSums
	}
	return a, nil
}

// offers reads the feature "HASH SHA-256;SHA-1*;MD5".
func offers(s *Session, a Algorithm) bool {
	for name := range strings.SplitSeq(s.Feature("HASH"), ";") {
		if strings.EqualFold(strings.TrimSuffix(strings.TrimSpace(name), "*"), a.Name) {
			return true
		}
	}
	return false
}

// SumOf asks the server for the sum of a file of size bytes, in hex.
func SumOf(s *Session, a Algorithm, name string, size int64) (string, error) {
	s.PatienceFor(time.Duration(size/hashRate) * time.Second)
	defer s.Patience(0)
	reply, err := askSum(s, a, name)
	if err != nil {
		return "", err
	}
	digits := 2 * a.New().Size()
	for word := range strings.FieldsSeq(withoutName(reply, name)) {
		if _, err := hex.DecodeString(word); err == nil && len(word) == digits {
			return strings.ToLower(word), nil
		}
	}
	return "", s.Unexpected(reply)
}

// withoutName leaves out the name of the file, which may look like a sum: a server
// repeats the path that it was sent.
func withoutName(reply, name string) string {
	reply = strings.ReplaceAll(reply, name, "")
	return strings.ReplaceAll(reply, "./"+path.Base(name), "")
}

func askSum(s *Session, a Algorithm, name string) (string, error) {
	if !offers(s, a) {
		return askCommand(s, a, name)
	}
	if s.hashing != a.Name {
		if _, err := s.Say(200, "OPTS HASH %s", a.Name); err != nil {
			return "", err
		}
		s.hashing = a.Name
	}
	return s.SayAt(213, "HASH", name)
}

// askCommand quotes a path with blanks.
func askCommand(s *Session, a Algorithm, name string) (reply string, err error) {
	err = s.at(name, func(argument string) (err error) {
		if strings.Contains(argument, " ") {
			argument = `"` + argument + `"`
		}
		reply, err = s.Say(2, "%s %s", a.command, argument)
		return err
	})
	return reply, err
}
