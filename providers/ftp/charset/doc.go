// Package charset encodes the names of files for servers that do not write them in
// UTF-8. The content of files is none of its business.
package charset
