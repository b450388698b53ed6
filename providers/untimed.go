package providers

// Untimed returns the same place for callers that need no times: where a place lists
// folders at less cost without them, the files of its listings have none. It is s itself
// elsewhere.
func Untimed(s Store) Store {
	if u, ok := s.(interface{ Untimed() Store }); ok {
		return u.Untimed()
	}
	return s
}
