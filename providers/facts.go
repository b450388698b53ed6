package providers

import "context"

// Describer is a store that can say what its server offers.
type Describer interface {
	// Facts asks the server, and writes nothing there.
	Facts(ctx context.Context) ([]Fact, error)
}

// Fact is one thing about a place, for people.
type Fact struct {
	Name  string // stable: "listings"
	Value string // "MLSD"; escaped where the server worded it
	Note  string // what vmxsync does about it; "" where there is nothing to do
	Less  bool   // vmxsync does less, or more slowly, on account of it
}
