package limits

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// hclsyntax parses and evaluates by recursion without a limit, and a Go
// program cannot recover from a stack that is full. These limits keep the
// worst file far below that, and are far above what people write.
const (
	maxDepth  = 64   // brackets, braces and interpolations inside each other
	maxTokens = 1000 // in one expression without a comma or line end
)

// CheckNesting reports a file that would exhaust the stack of the parser.
func CheckNesting(src []byte, filename string) hcl.Diagnostics {
	// Errors of the lexer come again, and better, from the parser.
	tokens, _ := hclsyntax.LexConfig(src, filename, hcl.InitialPos)
	var open brackets
	length := 0
	for _, t := range tokens {
		open.add(t.Type)
		length++
		if open.separate(t) {
			length = 0
		}
		if len(open) > maxDepth || length > maxTokens {
			return problem.Problem{
				Summary: "Expression too complex",
				Detail: fmt.Sprintf("Expressions nest at most %d levels and have at most %d parts between two commas or line ends.",
					maxDepth, maxTokens),
			}.At(t.Range)
		}
	}
	return nil
}

// brackets are the closing tokens still to come, innermost last.
type brackets []hclsyntax.TokenType

var closing = map[hclsyntax.TokenType]hclsyntax.TokenType{
	hclsyntax.TokenOBrace:          hclsyntax.TokenCBrace,
	hclsyntax.TokenOBrack:          hclsyntax.TokenCBrack,
	hclsyntax.TokenOParen:          hclsyntax.TokenCParen,
	hclsyntax.TokenTemplateInterp:  hclsyntax.TokenTemplateSeqEnd,
	hclsyntax.TokenTemplateControl: hclsyntax.TokenTemplateSeqEnd,
}

func (b *brackets) add(t hclsyntax.TokenType) {
	if end, ok := closing[t]; ok {
		*b = append(*b, end)
		return
	}
	if t == b.innermost() {
		*b = (*b)[:len(*b)-1]
	}
}

func (b *brackets) innermost() hclsyntax.TokenType {
	if len(*b) == 0 {
		return hclsyntax.TokenNil
	}
	return (*b)[len(*b)-1]
}

// separate reports whether t ends an expression at its level. Line ends inside
// parentheses and square brackets mean nothing to the parser.
func (b *brackets) separate(t hclsyntax.Token) bool {
	lineEnd := t.Type == hclsyntax.TokenNewline ||
		t.Type == hclsyntax.TokenComment && t.Bytes[len(t.Bytes)-1] == '\n'
	inBody := b.innermost() == hclsyntax.TokenNil || b.innermost() == hclsyntax.TokenCBrace
	return t.Type == hclsyntax.TokenComma || lineEnd && inBody
}
