package notify_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// The test binary is the hooks of its tests as well: HOOK_TEST says which.
func TestMain(m *testing.M) {
	if what := os.Getenv("HOOK_TEST"); what != "" {
		os.Exit(hook(what))
	}
	os.Exit(m.Run())
}

func hook(what string) int {
	name, value, _ := strings.Cut(what, ":")
	switch name {
	case "exit":
		fmt.Println("leaving")
		code, _ := strconv.Atoi(value)
		return code
	case "tell": // what it was given
		stdin, _ := io.ReadAll(os.Stdin)
		dir, _ := os.Getwd()
		json.NewEncoder(os.Stdout).Encode(told{Stdin: string(stdin), Dir: dir, Env: os.Environ(), Args: os.Args[1:]})
	case "hold": // until it is killed
		conn, err := net.Dial("tcp", value)
		if err != nil {
			return 1
		}
		io.Copy(io.Discard, conn)
	case "parent": // of one that holds
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "HOOK_TEST=hold:"+value)
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if child.Start() != nil || child.Wait() != nil {
			return 1
		}
	case "leave": // a child that holds, and its output with it
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "HOOK_TEST=hold:"+value)
		child.Stdout = os.Stdout
		if child.Start() != nil {
			return 1
		}
	}
	return 0
}

type told struct {
	Stdin, Dir string
	Env, Args  []string
}
