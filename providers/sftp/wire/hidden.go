package wire

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// hidden are the secrets of a store, which no text of a server may repeat.
type hidden []string

// resolving is secrets, and hides what they resolve to.
func (h *hidden) resolving(secrets providers.Secrets) providers.Secrets {
	return func(ctx context.Context, r providers.Reference) (string, error) {
		secret, err := secrets.Resolve(ctx, r)
		if secret != "" {
			*h = append(*h, secret)
		}
		return secret, err
	}
}

// text is text with stars in place of secrets, also where it has been quoted or escaped.
func (h hidden) text(text string) string {
	for _, secret := range h {
		forms := []string{secret, providers.Escape(secret), strings.Trim(strconv.Quote(secret), `"`)}
		for _, form := range slices.Compact(forms) {
			text = strings.ReplaceAll(text, form, "****")
		}
	}
	return text
}

// error is err with such a text.
func (h hidden) error(err error) error {
	if text := h.text(err.Error()); text != err.Error() {
		return &plain{text, err}
	}
	return err
}
