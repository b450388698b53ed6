package planfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// document is a plan file by its outermost members. They are parts of its text, of which
// nothing is copied; members that this version does not know are covered by digest and HMAC
// too.
type document struct {
	text    []byte
	members map[string]jsontext.Value
	begins  map[string]int // where their values begin in the text
}

func parse(data []byte) (document, error) {
	if len(data) > MaxPlan {
		return document{}, fmt.Errorf("%d bytes, at most %d are read", len(data), MaxPlan)
	}
	if depth(data) > maxDepth {
		return document{}, fmt.Errorf("nested more than %d levels deep", maxDepth)
	}
	d, err := split(data)
	if err != nil {
		return document{}, err
	}
	for _, name := range []string{"format", "id", "plan", "envelope"} {
		if d.members[name] == nil {
			return document{}, fmt.Errorf("%s is missing", name)
		}
	}
	return d, nil
}

// split finds the outermost members of a JSON object.
func split(data []byte) (document, error) {
	d := document{text: data, members: map[string]jsontext.Value{}, begins: map[string]int{}}
	dec := jsontext.NewDecoder(bytes.NewBuffer(data))
	if dec.PeekKind() != '{' {
		return d, notAnObject(data)
	}
	if _, err := dec.ReadToken(); err != nil {
		return d, err
	}
	for dec.PeekKind() == '"' {
		token, err := dec.ReadToken()
		if err != nil {
			return d, err
		}
		name := token.String()
		value, err := dec.ReadValue()
		if err != nil {
			return d, err
		}
		to := int(dec.InputOffset())
		d.begins[name] = to - len(value)
		d.members[name] = data[d.begins[name]:to]
	}
	if _, err := dec.ReadToken(); err != nil {
		return d, err
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return d, errors.New("something stands behind its end")
	}
	return d, nil
}

// notAnObject is the error of a text that is no JSON object.
func notAnObject(data []byte) error {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	return errors.New("it is not a JSON object")
}

// isCanonical reports whether the text is canonical, with a newline at its end.
func (d document) isCanonical() bool {
	text, whole := bytes.CutSuffix(d.text, []byte("\n"))
	return whole && isCanonical(text)
}

// without is the canonical document less some members of its envelope, in parts.
func (d document) without(names ...string) ([][]byte, error) {
	var e map[string]jsontext.Value
	if err := json.Unmarshal(d.members["envelope"], &e); err != nil {
		return nil, err
	}
	for _, name := range names {
		delete(e, name)
	}
	envelope, err := canonical(e)
	before, behind := d.around("envelope")
	return [][]byte{before, envelope, behind[:len(behind)-1]}, err // without the newline
}

// around are the texts before and behind the value of a member.
func (d document) around(name string) (before, behind []byte) {
	begin := d.begins[name]
	return d.text[:begin], d.text[begin+len(d.members[name]):]
}

// setEnvelope writes sums into the envelope, in the place of such as are there.
func (d document) setEnvelope(sums map[string]string) error {
	whole, err := withSums(d.members["envelope"], sums)
	if err != nil {
		return err
	}
	if copy(d.members["envelope"], whole) != len(whole) || len(whole) != len(d.members["envelope"]) {
		return errors.New("the envelope has no room for its sums")
	}
	return nil
}

// withSums is an envelope with those sums.
func withSums(envelope jsontext.Value, sums map[string]string) (jsontext.Value, error) {
	var e map[string]jsontext.Value
	if err := json.Unmarshal(envelope, &e); err != nil {
		return nil, err
	}
	for name, sum := range sums {
		e[name], _ = jsontext.AppendQuote(nil, sum)
	}
	return canonical(e)
}
