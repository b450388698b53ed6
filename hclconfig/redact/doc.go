// Package redact hides in the source lines and in the texts of diagnostics what may be a
// secret: every value, except those of arguments that are known to be harmless.
//
//	file := redact.New(src, body, words)
//	line := file.Line(offset)         // password = (not shown)
//	from, to := line.Mark(start, end) // what is underlined in it
//
// People write passwords anywhere: into comments, without quotes, into the wrong
// argument, into files that do not parse. So it separates the words of the language, which
// a Vocabulary lists, from everything else, and accepts any bytes.
package redact
