package decode

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/funcs"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// wrongType is the problem of a value of another type than the attribute needs.
func wrongType(f Field, want string, v cty.Value) *problem.Problem {
	got := "null"
	if !v.IsNull() {
		got = v.Type().FriendlyName()
	}
	return &problem.Problem{Summary: "Wrong type of value", Detail: fmt.Sprintf("The argument %q needs %s, not %s.", f.Name, want, got)}
}

func notAList(f Field, v cty.Value) *problem.Problem {
	p := wrongType(f, "a list", v)
	if !funcs.HoldsReference(v) && v.Type() != cty.DynamicPseudoType {
		p.Hint = fmt.Sprintf("a single element is a list as well: %s = [...]", f.Name)
	}
	return p
}

func referenceAsValue(f Field) *problem.Problem {
	return &problem.Problem{
		Summary: "Secret where a value is needed",
		Detail:  fmt.Sprintf("The argument %q needs a plain value: env(), file(), command() and sensitive variables are for secrets only.", f.Name),
		Hint:    fmt.Sprintf("for a value from outside, declare a variable (not sensitive) and write %s = var.NAME", f.Name),
	}
}

func passwordInURL(f Field) *problem.Problem {
	hint := `write the host alone, and beside it: username = "..." and password = file("secrets/NAME.password")`
	if f.Name == "proxy" {
		hint = `write proxy = "socks5://user@host:port", and beside it: proxy_password = file("secrets/NAME.password")`
	}
	return &problem.Problem{
		Summary: "Password in an address",
		Detail:  fmt.Sprintf("The value of %q contains user:password@. These files are committed; a password in them is known to everybody who reads them.", f.Name),
		Hint:    hint,
		Hidden:  true,
	}
}
