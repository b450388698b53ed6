// Package confdir decides which files of a directory are the configuration, by their
// names, and reads them as text.
//
//	list, err := confdir.Read(".")
//	for _, name := range list.Config {
//		text, err := confdir.Text(filepath.Join(".", name))
//	}
//
// It knows nothing of the language.
package confdir
