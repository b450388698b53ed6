package retention_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"math/big"
	"slices"
	"testing"
)

// masterKey seals the files of a repository, as restic's design document says
// under "Keys, Encryption and MAC".
type masterKey struct {
	MAC struct {
		K, R []byte
	}
	Encrypt []byte
}

// seal is a nonce, what AES-256-CTR makes of the text, and Poly1305-AES of that.
func (k masterKey) seal(t *testing.T, plain []byte) []byte {
	t.Helper()
	nonce := make([]byte, aes.BlockSize)
	rand.Read(nonce)
	text := slices.Clone(plain)
	cipher.NewCTR(block(t, k.Encrypt), nonce).XORKeyStream(text, plain)
	s := make([]byte, aes.BlockSize)
	block(t, k.MAC.K).Encrypt(s, nonce)
	return slices.Concat(nonce, text, poly1305(text, k.MAC.R, s))
}

func block(t *testing.T, key []byte) cipher.Block {
	t.Helper()
	b, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// poly1305 is RFC 8439, section 2.5, in numbers of any size.
func poly1305(text, r, s []byte) []byte {
	prime, _ := new(big.Int).SetString("3fffffffffffffffffffffffffffffffb", 16)
	clamp, _ := new(big.Int).SetString("0ffffffc0ffffffc0ffffffc0fffffff", 16)
	factor, sum := new(big.Int).And(little(r), clamp), new(big.Int)
	for chunk := range slices.Chunk(text, 16) {
		sum.Add(sum, little(append(slices.Clone(chunk), 1)))
		sum.Mod(sum.Mul(sum, factor), prime)
	}
	sum.Add(sum, little(s))
	tag := sum.FillBytes(make([]byte, 32))[16:]
	slices.Reverse(tag)
	return tag
}

// little is a number whose lowest byte comes first.
func little(b []byte) *big.Int {
	b = slices.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}
