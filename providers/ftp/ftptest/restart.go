package ftptest

import "fmt"

// Kill ends a real server and all its sessions as kill -9 does, in whatever
// they are doing. Its files, and its port, stay for Restart.
func (s *Server) Kill() error {
	if s.process == nil {
		return fmt.Errorf("%s cannot be killed: it is this process", s.Name)
	}
	return s.process.Kill()
}

// Restart starts a server that was killed: on the same ports, with the same
// root, account and options.
func (s *Server) Restart() error {
	if s.again == nil {
		return fmt.Errorf("%s cannot be started again: it is this process", s.Name)
	}
	if err := s.Kill(); err != nil {
		return err
	}
	if err := s.again(); err != nil {
		return fmt.Errorf("restart %s: %w", s.Name, err)
	}
	return nil
}
