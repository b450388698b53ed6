package planfile

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"unicode/utf16"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// canonical writes v in the form of RFC 8785. Bytes that are no UTF-8, which
// only text for people can hold, become replacement characters.
func canonical(v any) (jsontext.Value, error) {
	data, err := json.Marshal(v, jsonv1.OmitEmptyWithLegacySemantics(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(data)
	err = value.Canonicalize()
	return value, err
}

// pieceBytes is the size of the largest text of which a canonical copy is made, to compare
// it with. A larger one is compared piece by piece.
const pieceBytes = 64 << 10

// isCanonical reports whether a valid JSON text is in the form of RFC 8785.
func isCanonical(v jsontext.Value) bool {
	if kind := v.Kind(); len(v) <= pieceBytes || kind != '{' && kind != '[' {
		again := v.Clone()
		return again.Canonicalize() == nil && bytes.Equal(again, v)
	}
	last := ""
	return eachMember(v, func(name, value jsontext.Value) bool {
		if name == nil {
			return isCanonical(value)
		}
		text, err := jsontext.AppendUnquote(nil, name)
		if err != nil || !isCanonical(name) || compareUTF16(last, string(text)) >= 0 && last != "" {
			return false
		}
		last = string(text)
		return isCanonical(value)
	})
}

// eachMember calls do with the members of an object, or with the elements of an array and no
// names, until it returns false. It reports whether it did not, and nothing but delimiters
// stands between the members.
func eachMember(v jsontext.Value, do func(name, value jsontext.Value) bool) bool {
	if len(v) < 2 {
		return false
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(v))
	open, err := dec.ReadToken()
	if err != nil {
		return false
	}
	// next is the next value, which must come right behind that text.
	next := func(behind string) (jsontext.Value, bool) {
		from := dec.InputOffset()
		value, err := dec.ReadValue()
		if err != nil {
			return nil, false
		}
		to := dec.InputOffset()
		begin := to - int64(len(value))
		return v[begin:to], string(v[from:begin]) == behind
	}
	behind := ""
	for kind := dec.PeekKind(); kind == '"' || kind != '}' && kind != ']' && kind != 0; kind = dec.PeekKind() {
		var name jsontext.Value
		ok := true
		if open.Kind() == '{' {
			if name, ok = next(behind); !ok {
				return false
			}
			behind = ":"
		}
		value, ok := next(behind)
		if !ok || !do(name, value) {
			return false
		}
		behind = ","
	}
	from := dec.InputOffset()
	_, err = dec.ReadToken()
	return err == nil && from == int64(len(v))-1
}

// compareUTF16 compares as RFC 8785 sorts.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// hash is the SHA-256, in hex, of several texts one after the other.
func hash(texts ...[]byte) string {
	sum := sha256.New()
	for _, text := range texts {
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// sign is the HMAC-SHA-256, in hex, of several texts one after the other.
func sign(key []byte, texts ...[]byte) string {
	mac := hmac.New(sha256.New, key)
	for _, text := range texts {
		mac.Write(text)
	}
	return hex.EncodeToString(mac.Sum(nil))
}
