// Package variable is the variables of a run: declared in files, given by the environment,
// by files and by the command line, converted to their types, and validated.
//
//	in, diags := variable.Read(blocks, variable.Origins{Env: os.LookupEnv, Dir: dir, Files: files})
//	scope := eval.NewScope(dir, in.Visible(), addresses, locals)
//	diags = append(diags, in.Validate(scope)...)
//
// The value of a sensitive variable is a secret: Secrets has it, expressions see a
// reference in its place, and no diagnostic shows it.
package variable
