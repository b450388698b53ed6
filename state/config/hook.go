package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Hook is a program that an apply runs. Plans hold it as it is.
type Hook struct {
	Name    string             `json:"name"`
	On      []Occasion         `json:"on"`
	Command []string           `json:"command"` // the program and its arguments: no shell reads them
	Dir     string             `json:"dir"`     // absolute: where it runs
	Timeout providers.Duration `json:"timeout"`
	Env     map[string]string  `json:"env,omitempty"`
}

// Occasion is when a hook runs.
type Occasion string

// The occasions.
const (
	// BeforeApply: all checks are done, and nothing was changed yet.
	BeforeApply Occasion = "before_apply"
	// AfterSuccess: the apply ended with exit code 0, and was not skipped.
	AfterSuccess Occasion = "after_success"
	// AfterFailure: it ended with any other, also before it began.
	AfterFailure Occasion = "after_failure"
	// AfterApply: whatever became of it.
	AfterApply Occasion = "after_apply"
)

// occasions are all of them.
var occasions = []Occasion{BeforeApply, AfterSuccess, AfterFailure, AfterApply}

// ReservedEnv begins the names of environment variables that are ours.
const ReservedEnv = "VMXSYNC_"

// What a hook may hold at most.
const (
	maxHookTime  = 24 * time.Hour
	maxHookWords = 256      // arguments, or variables
	maxHookBytes = 32 << 10 // of all arguments, or of all variables
	maxHookName  = 128      // bytes
)

// Check reports all that is wrong with the hook, each with its attribute.
func (h Hook) Check() []providers.Problem {
	var found problems
	if h.Name == "" || len(h.Name) > maxHookName {
		found.add("", "Invalid name", "The name of a hook has 1 to %d bytes.", maxHookName)
	}
	if err := checkOccasions(h.On); err != nil {
		found.add("on", "Invalid occasion", "on: %s.", err)
	}
	if err := checkCommand(h.Command); err != nil {
		found.add("command", "Invalid command", "command: %s.", err)
	}
	if err := checkEnv(h.Env); err != nil {
		found.add("env", "Invalid environment", "env: %s.", err)
	}
	if h.Timeout <= 0 || time.Duration(h.Timeout) > maxHookTime {
		found.add("timeout", "Invalid timeout", "timeout: %s is out of range: want more than 0s and at most 24h.", h.Timeout)
	}
	if h.Dir == "" || strings.Contains(h.Dir, "\x00") {
		found.add("", "Invalid folder", "%q is not a folder.", h.Dir)
	}
	return found
}

func checkOccasions(on []Occasion) error {
	for _, o := range on {
		if !slices.Contains(occasions, o) {
			return fmt.Errorf("%q is not one of %s", string(o), listed(occasions))
		}
	}
	if len(on) == 0 || len(on) > len(occasions) {
		return errors.New("give one or more of " + listed(occasions))
	}
	return nil
}

// Occasions are all of them.
func Occasions() []Occasion { return slices.Clone(occasions) }

func checkCommand(args []string) error {
	if len(args) == 0 || strings.TrimSpace(args[0]) == "" {
		return errors.New("no program is given")
	}
	return checkWords(args)
}

func checkEnv(env map[string]string) error {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		switch {
		case name == "" || strings.Contains(name, "="):
			return fmt.Errorf("%q is not a valid name of a variable", name)
		case strings.HasPrefix(strings.ToUpper(name), ReservedEnv):
			return fmt.Errorf("%s is a variable that vmxsync sets itself (%s...)", name, ReservedEnv)
		}
		words = append(words, name+"="+env[name])
	}
	return checkWords(words)
}

// checkWords holds for what a program is given when it starts.
func checkWords(words []string) error {
	bytes := 0
	for _, w := range words {
		bytes += len(w)
		if strings.Contains(w, "\x00") {
			return fmt.Errorf("%q contains a zero byte", w)
		}
	}
	if len(words) > maxHookWords || bytes > maxHookBytes {
		return fmt.Errorf("%d entries of %d bytes, at most %d of %d together are possible", len(words), bytes, maxHookWords, maxHookBytes)
	}
	return nil
}
