package notice

// Pick is the first text for one, and the second for none and for many.
func Pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func are(n int) string { return Pick(n, "is", "are") }

func them(n int) string { return Pick(n, "it", "them") }
