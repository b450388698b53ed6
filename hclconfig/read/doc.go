// Package read reads and parses the files of a configuration, and keeps them: it adds
// the source lines to their diagnostics, hides in these what may be a secret, and formats.
//
//	list, diags := read.List(dir)
//	files := read.NewFiles(words)
//	body, more := files.Read(dir, list.Config[0])
//	shown := files.Export(append(diags, more...))
//
// It knows the words of the language, and nothing of what they mean.
package read
