package command

// Whether a session lists folders by STAT.
const (
	StatusUntried int32 = iota
	StatusPlain         // STAT folder
	StatusAll           // STAT -a folder
	StatusUnusable
)

// StatusOf returns the entries of a folder as STAT shows them on the control
// connection, in the style of LIST, by the way that was proven in this session. The
// reply is not judged. Callers ask OnePath first.
func (s *Session) StatusOf(dir string, way int32) (lines []byte, end string, err error) {
	argument := dir
	if way == StatusAll {
		argument = "-a " + dir
	}
	return s.Status(argument)
}

// OnePath reports whether every server takes dir for one path, also in LIST and STAT.
func (s *Session) OnePath(dir string) (bool, error) {
	whole, err := s.ReadsUncut(dir)
	return whole && !mustEnter(s, dir, "STAT"), err
}

// RefuseStatus notes that no session of this store is to list by STAT.
func (s *Server) RefuseStatus() { s.noStatus.Store(true) }

// ListsByStatus reports whether STAT may be tried at this server.
func (s *Server) ListsByStatus() bool { return !s.noStatus.Load() }
