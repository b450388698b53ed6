package contract

import "github.com/vmxsync/vmxsync/providers/contract/bodies"

// Text and Noise are bodies whose content is known without being kept.
type (
	Text  = bodies.Text
	Noise = bodies.Noise
)
