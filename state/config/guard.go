package config

// Guard is what one plan may delete at most.
type Guard struct {
	// MaxShrinkPercent of the complete sets of a destination, and of each VM
	// there, may be lost; fewer than MinLoss, at least 1, may always be.
	MaxShrinkPercent int
	MinLoss          int
	MaxDeletes       *int // of one plan; nil: any number
	// MinSizePercent of the median bytes of the sets of its VM before it must a
	// set have, or it is suspicious; 0: no set is.
	MinSizePercent int
}

// DefaultGuard holds where the configuration has none.
func DefaultGuard() Guard { return Guard{MaxShrinkPercent: 30, MinLoss: 3, MinSizePercent: 50} }
