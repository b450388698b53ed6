package apply

import (
	"errors"
)

var (
	errNotWhole = errors.New("the set is not complete")
	errChanged  = errors.New("changed since the plan was made")
)
