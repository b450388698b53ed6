package program

import "bytes"

// maxLine is where a line is broken that has no end.
const maxLine = 8 << 10

// lines hands on what is written to it, line by line.
type lines struct {
	say  func(line string)
	rest []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		n, skip := bytes.IndexByte(l.rest, '\n'), 1
		if n < 0 && len(l.rest) < maxLine {
			return len(p), nil
		}
		if n < 0 || n > maxLine {
			n, skip = maxLine, 0
		}
		l.tell(l.rest[:n])
		l.rest = l.rest[n+skip:]
	}
}

// end hands on a last line that has no newline.
func (l *lines) end() {
	if len(l.rest) > 0 {
		l.tell(l.rest)
	}
	l.rest = nil
}

func (l *lines) tell(line []byte) {
	if l.say != nil {
		l.say(string(bytes.TrimSuffix(line, []byte("\r"))))
	}
}
