package predecessor

import "fmt"

// parser reads statements. It looks one token ahead.
type parser struct {
	scanner *scanner
	token
	depth int // of the value that is being read
}

// parse reads the whole file, up to the first place that cannot be read.
func parse(src string) ([]assignment, error) {
	p := &parser{scanner: newScanner(src)}
	if err := p.step(); err != nil {
		return nil, err
	}
	var all []assignment
	for p.kind != end {
		a, err := p.line()
		if err != nil {
			return nil, err
		}
		all = append(all, a...)
	}
	return all, nil
}

func (p *parser) step() (err error) {
	p.token, err = p.scanner.next()
	return err
}

// line reads the statements of one line.
func (p *parser) line() ([]assignment, error) {
	var all []assignment
	if p.kind != newline && p.at.Column != 1 {
		return nil, broken(p.at, "This line is indented.", "begin it in the first column")
	}
	for p.kind != newline && p.kind != end {
		a, err := p.statement()
		if err != nil {
			return nil, err
		}
		all = append(all, a...)
		switch p.kind {
		case newline, end:
		case ';':
			if err := p.step(); err != nil {
				return nil, err
			}
		default:
			return nil, notLiteral(p.at, "There is more after the end of the literal.", onlyLiterals)
		}
	}
	if p.kind == end {
		return all, nil
	}
	return all, p.step()
}

const onlyLiterals = "write strings, numbers, lists and dicts as literals: nothing is computed, called or imported"

// statement reads NAME = LITERAL, or a string alone, which is a comment.
func (p *parser) statement() ([]assignment, error) {
	if p.kind == text {
		_, err := p.texts()
		return nil, err
	}
	a := assignment{name: p.token.value, at: p.at}
	if p.kind != name {
		return nil, notLiteral(p.at, "This is not an assignment.", onlyLiterals)
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	if p.kind != '=' {
		return nil, notLiteral(a.at, "This is not an assignment of a literal to a name.", onlyLiterals)
	}
	err := p.step()
	if err == nil {
		a.value, err = p.valueOrTuple()
	}
	return []assignment{a}, err
}

// valueOrTuple reads a value, or a tuple without parentheses.
func (p *parser) valueOrTuple() (value, error) {
	at := p.at
	v, err := p.literal()
	if err != nil || p.kind != ',' {
		return v, err
	}
	list := value{at: at, sort: isList, items: []value{v}}
	for p.kind == ',' {
		if err := p.step(); err != nil {
			return value{}, err
		}
		if p.kind == newline || p.kind == ';' || p.kind == end {
			break
		}
		if v, err = p.literal(); err != nil {
			return value{}, err
		}
		list.items = append(list.items, v)
	}
	return list, nil
}

// literal reads one value.
func (p *parser) literal() (value, error) {
	switch p.kind {
	case text:
		return p.texts()
	case number:
		return p.numeral(1)
	case '-', '+':
		return p.signed()
	case name:
		return p.constant()
	case '(', '[', '{':
		return p.nested()
	case end, newline:
		return value{}, broken(p.at, "A literal is missing here.", "")
	}
	return value{}, notLiteral(p.at, "No literal begins with this character.", onlyLiterals)
}

// texts reads adjacent strings, which are one.
func (p *parser) texts() (value, error) {
	v := value{at: p.at, sort: isText}
	for p.kind == text {
		v.text += p.token.value
		if err := p.step(); err != nil {
			return value{}, err
		}
	}
	return v, nil
}

func (p *parser) signed() (value, error) {
	sign := 1
	if p.kind == '-' {
		sign = -1
	}
	at := p.at
	if err := p.step(); err != nil {
		return value{}, err
	}
	if p.kind != number {
		return value{}, notLiteral(at, "A sign must be followed by a number.", onlyLiterals)
	}
	v, err := p.numeral(sign)
	v.at = at
	return v, err
}

func (p *parser) numeral(sign int) (value, error) {
	v, err := numeral(p.token)
	if err != nil {
		return value{}, err
	}
	v.whole *= sign
	return v, p.step()
}

func (p *parser) constant() (value, error) {
	v := value{at: p.at}
	switch p.token.value {
	case "None":
		v.sort = isNone
	case "True", "False":
		v.sort = isBool
	default:
		return value{}, notLiteral(p.at, "A literal is required here, not a name.", "write the value itself; strings are written in quotes")
	}
	return v, p.step()
}

// nested reads a literal in brackets.
func (p *parser) nested() (value, error) {
	if p.depth++; p.depth > maxDepth {
		return value{}, broken(p.at, fmt.Sprintf("More than %d brackets are open.", maxDepth), "")
	}
	defer func() { p.depth-- }()
	open := p.token
	if err := p.step(); err != nil {
		return value{}, err
	}
	if open.kind == '{' {
		return p.dict(open)
	}
	return p.list(open)
}

// list reads a list or a tuple, or a value in parentheses.
func (p *parser) list(open token) (value, error) {
	v := value{at: open.at, sort: isList}
	comma, err := p.elements(open, func() error {
		item, err := p.literal()
		v.items = append(v.items, item)
		return err
	})
	if open.kind == '(' && len(v.items) == 1 && !comma {
		return v.items[0], err
	}
	return v, err
}

func (p *parser) dict(open token) (value, error) {
	v := value{at: open.at, sort: isDict}
	_, err := p.elements(open, func() error {
		key, err := p.literal()
		if err != nil {
			return err
		}
		if p.kind != ':' {
			return broken(p.at, "A colon is missing between a key and its value.", `write "NAME": [...]`)
		}
		if err := p.step(); err != nil {
			return err
		}
		item, err := p.literal()
		v.keys, v.items = append(v.keys, key), append(v.items, item)
		return err
	})
	return v, err
}

var closing = map[kind]kind{'(': ')', '[': ']', '{': '}'}

// elements reads items separated by commas, up to the closing bracket, and
// reports whether there was a comma.
func (p *parser) elements(open token, one func() error) (comma bool, err error) {
	for p.kind != closing[open.kind] {
		if err := one(); err != nil {
			return comma, err
		}
		switch p.kind {
		case closing[open.kind]:
		case ',':
			comma = true
			if err := p.step(); err != nil {
				return comma, err
			}
		case end:
			return comma, broken(open.at, "This bracket is not closed.", "")
		case text, name, number, '[', '{', '(':
			return comma, broken(p.at, "A comma is missing before this.", "")
		default:
			return comma, notLiteral(p.at, "There is more after the end of the literal.", onlyLiterals)
		}
	}
	return comma, p.step()
}
