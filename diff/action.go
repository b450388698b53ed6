package diff

import "fmt"

// Action is what happens to a set; its value is the symbol that stands for it.
type Action rune

// The actions. The zero value is invalid on purpose.
const (
	Create Action = '+'
	Update Action = '~'
	Delete Action = '-'
)

var actionNames = map[Action]string{Create: "create", Update: "update", Delete: "delete"}

func (a Action) String() string { return actionNames[a] }

// MarshalText writes "create", "update" or "delete".
func (a Action) MarshalText() ([]byte, error) {
	if name, ok := actionNames[a]; ok {
		return []byte(name), nil
	}
	return nil, fmt.Errorf("unknown action %q", rune(a))
}

// UnmarshalText reads what MarshalText writes.
func (a *Action) UnmarshalText(text []byte) error {
	for action, name := range actionNames {
		if name == string(text) {
			*a = action
			return nil
		}
	}
	return fmt.Errorf("unknown action %q: want create, update or delete", text)
}
