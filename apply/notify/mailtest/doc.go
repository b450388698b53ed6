// Package mailtest is a mail server for tests, on loopback: it speaks SMTP with
// STARTTLS or TLS from the first byte, asks for a login, and keeps what it gets.
//
//	server, err := mailtest.Start(mailtest.Options{TLS: "starttls", User: "u", Password: "p"})
//	defer server.Close()
//	letters, err := server.Letters()
//
// It is for tests alone, and never imported by the program.
package mailtest
