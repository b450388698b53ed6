package testserver

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Process is a running server with all the sessions that it forks.
type Process struct {
	pid  int           // of the server itself
	Done chan struct{} // closed when that has ended
	log  string        // the file with what it said
}

// StartProcess runs argv in dir until kill, or until this process dies.
func StartProcess(argv, env []string, dir string) (*Process, error) {
	p := &Process{Done: make(chan struct{}), log: filepath.Join(dir, "output")}
	out, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = env, dir, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go p.run(cmd, started)
	return p, <-started
}

// run stays on one thread, because the kernel takes the end of the thread that
// forked for the end of the parent.
func (p *Process) run(cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.Done)
	err := cmd.Start()
	if err == nil {
		p.pid = cmd.Process.Pid
	}
	started <- err
	if err == nil {
		cmd.Wait() // killed, or seen through done
	}
}

// Kill ends the server and its sessions, and waits until they are gone. Each is
// stopped first, or new ones would come while the old ones go. Only the first
// call does anything: later the number may be that of another process.
func (p *Process) Kill() error {
	select {
	case <-p.Done:
		return nil
	default:
	}
	all := stopped(p.pid)
	for _, pid := range all {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	<-p.Done
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for slices.ContainsFunc(all, alive) {
		<-tick.C
	}
	return nil
}

// AwaitAlone waits, not for long, until the server has no sessions, not even
// ended ones that it has yet to take note of.
func (p *Process) AwaitAlone() {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := 0; i < 2000 && len(children(p.pid)) > 0; i++ {
		<-tick.C
	}
}

// stopped stops a process and all its descendants, which it lists.
func stopped(pid int) []int {
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		syscall.Kill(all[i], syscall.SIGSTOP)
		all = append(all, children(all[i])...)
	}
	return all
}

func children(parent int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var found []int
	for _, stat := range stats {
		if _, of := stateAndParent(stat); of == parent {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			found = append(found, pid)
		}
	}
	return found
}

// alive is false also for a process that is dead and not yet taken note of.
func alive(pid int) bool {
	state, _ := stateAndParent(fmt.Sprintf("/proc/%d/stat", pid))
	return state != "" && state != "Z" && state != "X"
}

// stateAndParent reads the two fields after the name, which is in parentheses
// and may hold anything. It returns "" and 0 for a process that is gone.
func stateAndParent(stat string) (state string, parent int) {
	line, _ := os.ReadFile(stat)
	fmt.Sscan(string(line[bytes.LastIndexByte(line, ')')+1:]), &state, &parent)
	return state, parent
}

// LastLine is the last thing the server said.
func (p *Process) LastLine() string {
	said, _ := os.ReadFile(p.log)
	said = bytes.TrimSpace(said)
	return string(said[bytes.LastIndexByte(said, '\n')+1:])
}

// LastLines is the end of what the server said, at most 4 KiB.
func (p *Process) LastLines() string {
	said, _ := os.ReadFile(p.log)
	return string(said[max(0, len(said)-4<<10):])
}
