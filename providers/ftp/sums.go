package ftp

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"path"
	"slices"
	"strings"
	"time"
)

// algorithm is a sum that a server can compute of a file: by HASH
// (draft-bryan-ftpext-hash), or by a command of its own, which has no standard.
type algorithm struct {
	name    string // as HASH names it
	command string
	make    func() hash.Hash
}

// algorithms begins with the strongest.
var algorithms = []algorithm{
	{"SHA-512", "XSHA512", sha512.New},
	{"SHA-256", "XSHA256", sha256.New},
	{"SHA-1", "XSHA1", sha1.New},
	{"MD5", "XMD5", md5.New},
	{"CRC32", "XCRC", func() hash.Hash { return crc32.NewIEEE() }},
}

// hashRate is the slowest disk that a server is expected to read a file from.
const hashRate = 16 << 20 // bytes per second

// algorithm is the one to ask this server for; SHA-256, which is known of every
// file that was sent, before all others. False: it offers none.
func (s *session) algorithm() (algorithm, bool) {
	offered := slices.DeleteFunc(slices.Clone(algorithms), func(a algorithm) bool { return !s.hashes(a) && !s.has(a.command) })
	if len(offered) == 0 {
		return algorithm{}, false
	}
	if i := slices.IndexFunc(offered, func(a algorithm) bool { return a.name == "SHA-256" }); i >= 0 {
		return offered[i], true
	}
	return offered[0], true
}

// hashes reads the feature "HASH SHA-256;SHA-1*;MD5".
func (s *session) hashes(a algorithm) bool {
	for name := range strings.SplitSeq(s.features["HASH"], ";") {
		if strings.EqualFold(strings.TrimSuffix(strings.TrimSpace(name), "*"), a.name) {
			return true
		}
	}
	return false
}

// sum asks the server for the sum of a file of size bytes, in hex.
func (s *session) sum(a algorithm, name string, size int64) (string, error) {
	s.control.patience(s.dialer.waits.io+time.Duration(size/hashRate)*time.Second, ioTimeout)
	defer func() { s.control.patience(s.dialer.waits.io, ioTimeout) }()
	reply, err := s.askSum(a, name)
	if err != nil {
		return "", err
	}
	digits := 2 * a.make().Size()
	for word := range strings.FieldsSeq(withoutName(reply, name)) {
		if _, err := hex.DecodeString(word); err == nil && len(word) == digits {
			return strings.ToLower(word), nil
		}
	}
	return "", s.unexpected(reply)
}

// withoutName leaves out the name of the file, which may look like a sum: a server
// repeats the path that it was sent.
func withoutName(reply, name string) string {
	reply = strings.ReplaceAll(reply, name, "")
	return strings.ReplaceAll(reply, "./"+path.Base(name), "")
}

func (s *session) askSum(a algorithm, name string) (string, error) {
	if !s.hashes(a) {
		return s.askCommand(a, name)
	}
	if s.hashing != a.name {
		if _, err := s.say(200, "OPTS HASH %s", a.name); err != nil {
			return "", err
		}
		s.hashing = a.name
	}
	return s.sayAt(213, "HASH", name)
}

// askCommand quotes a path with blanks.
func (s *session) askCommand(a algorithm, name string) (reply string, err error) {
	err = s.at(name, func(argument string) (err error) {
		if strings.Contains(argument, " ") {
			argument = `"` + argument + `"`
		}
		reply, err = s.say(2, "%s %s", a.command, argument)
		return err
	})
	return reply, err
}
