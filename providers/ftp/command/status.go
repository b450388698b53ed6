package command

import "github.com/vmxsync/vmxsync/providers/ftp/wire"

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
	return s.Status(statusArgument(dir, way))
}

// StatusesOf is StatusOf for several folders at once.
func (s *Session) StatusesOf(dirs []string, way int32) ([]wire.StatusReply, error) {
	var arguments []string
	for _, dir := range dirs {
		arguments = append(arguments, statusArgument(dir, way))
	}
	return s.Statuses(arguments)
}

func statusArgument(dir string, way int32) string {
	if way == StatusAll {
		return "-a " + dir
	}
	return dir
}

// OnePath reports whether every server takes dir for one path, also in LIST and STAT.
func (s *Session) OnePath(dir string) (bool, error) {
	whole, err := s.ReadsUncut(dir)
	return whole && !mustEnter(s, dir, "STAT"), err
}

// RefuseAhead notes that no session of this store is to send STAT ahead of the replies.
func (s *Server) RefuseAhead() { s.noAhead.Store(true) }

// SendsAhead reports whether several STAT may be sent to this server at once.
func (s *Server) SendsAhead() bool { return !s.noAhead.Load() }

// RefuseStatus notes that no session of this store is to list by STAT.
func (s *Server) RefuseStatus() { s.noStatus.Store(true) }

// ListsByStatus reports whether STAT may be tried at this server.
func (s *Server) ListsByStatus() bool { return !s.noStatus.Load() }
