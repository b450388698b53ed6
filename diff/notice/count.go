package notice

import "fmt"

func Pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func Count(n int, noun string) string { return fmt.Sprintf("%d %s%s", n, noun, Pick(n, "", "s")) }

func CountIs(n int, noun string) string { return Count(n, noun) + " " + are(n) }

func are(n int) string { return Pick(n, "is", "are") }

func them(n int) string { return Pick(n, "it", "them") }
