// Package session is what the commands share: it opens places, reads them, makes plans,
// and keeps what this machine remembers.
//
//	config, err := env.Configuration(vars)
//	planned, err := session.Plan(ctx, env, session.Reading{Config: config}, options)
//	defer planned.World.CloseAll()
//
// Values go in and values come out; a Reading says what is to be read, and a World what
// was. What a person should know beside the results goes to the Reporter of the Env:
// this package prints nothing.
package session
