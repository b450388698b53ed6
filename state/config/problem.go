package config

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// problems collects what is wrong.
type problems []providers.Problem

func (p *problems) add(attribute, summary, format string, args ...any) {
	*p = append(*p, providers.Problem{Attribute: attribute, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

// listed is words as people list them.
func listed[T ~string](words []T) string {
	var plain []string
	for _, w := range words {
		plain = append(plain, string(w))
	}
	return strings.Join(plain, ", ")
}
