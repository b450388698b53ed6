package program

const MaxLine = maxLine

type Lines struct{ lines }

func NewLines(say func(string)) *Lines { return &Lines{lines{say: say}} }

func (l *Lines) End() { l.end() }
