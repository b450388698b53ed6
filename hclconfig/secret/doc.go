// Package secret looks up the secrets that references stand for: in the environment, in
// a file, from a command, or in a variable of this run.
//
//	secrets := secret.Resolver{Env: os.LookupEnv}
//	password, err := secrets.Resolve(ctx, providers.Reference{Kind: providers.EnvReference, Name: "NAS_PASSWORD"})
//
// It needs no configuration, as a saved plan holds references. No error and no print of a
// value here contains a secret.
package secret
