// Goftp serves one folder by goftp.io/server, the library behind many servers
// written in Go. It is a module of its own, so that the product never depends
// on that library. scripts/fetch-servers builds it.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"goftp.io/server/v2"
	"goftp.io/server/v2/driver/file"
)

type options struct {
	Host           string
	Port           int
	Passive        [2]int // first port, and the one after the last
	User, Password string
	Root           string
}

func main() {
	var o options
	if err := json.Unmarshal([]byte(os.Args[1]), &o); err != nil {
		log.Fatal(err)
	}
	driver, err := file.NewDriver(o.Root)
	if err != nil {
		log.Fatal(err)
	}
	s, err := server.NewServer(&server.Options{
		Driver: driver, Perm: server.NewSimplePerm("u", "u"),
		Auth:     &server.SimpleAuth{Name: o.User, Password: o.Password},
		Hostname: o.Host, Port: o.Port, PublicIP: o.Host,
		PassivePorts: fmt.Sprintf("%d-%d", o.Passive[0], o.Passive[1]-1),
		Logger:       &server.DiscardLogger{},
	})
	if err == nil {
		err = s.ListenAndServe()
	}
	log.Fatal(err)
}
