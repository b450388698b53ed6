package contract

// NotTried is the error of a rule that was left out.
type NotTried struct {
	DependsOn string // the rule that does not hold, and without which this one says nothing; "" for lack of time
}

func (e *NotTried) Error() string {
	if e.DependsOn == "" {
		return "not tried: the time limit of the check was reached"
	}
	return "not tried: depends on " + e.DependsOn
}

// Shorthands of what rules are made of.
var (
	stored  = []string{"first-store", "first-listing", "first-size"}
	usual   = []string{"first-store", "first-listing", "first-size", "first-read", "first-folder"}
	removed = []string{"first-store", "first-listing", "first-size", "first-read", "first-folder", "first-remove"}
)

// chapterNeeds are the rules that must hold before one of a chapter is tried.
var chapterNeeds = map[string][]string{
	"basics": stored, "uploads": usual, "listings": usual, "reading": usual, "resuming": usual, "renames": usual,
	"deletes": removed, "uploads that fail": removed, "names": removed, "paths": usual,
	"concurrency": usual, "locks": usual, "interrupts": usual, "large folders": usual,
}

// ruleNeeds are those that one rule needs besides, by its name.
var ruleNeeds = map[string][]string{
	"first-listing": {"first-store"},
	"first-size":    {"first-store", "first-listing"},
	"first-read":    {"first-store", "first-listing"},
	"first-folder":  {"first-store", "first-listing"},
	"first-remove":  {"first-store", "first-listing", "first-size", "first-folder"},

	"put-bytes":    {"first-remove", "put-empty"},
	"put-replaces": {"put-empty"},
	"list-empty":   {"first-remove"},

	"resume-other":  {"put-replaces"},
	"resume-longer": {"put-replaces"},

	"rename-file-across":          {"rename-file"},
	"rename-directory":            {"rename-file"},
	"rename-parents":              {"rename-file-across", "rename-directory"},
	"rename-names":                {"rename-directory", "names-plain"},
	"rename-deep":                 {"rename-file-across", "paths-long"},
	"rename-onto-file":            {"rename-file"},
	"rename-onto-empty-directory": {"rename-file", "first-remove"},
	"rename-onto-full-directory":  {"rename-file"},
	"rename-onto-itself":          {"rename-file"},
	"rename-into-itself":          {"rename-directory"},
	"rename-missing":              {"rename-file"},
	"rename-together":             {"rename-directory", "together", "first-remove"},

	"body-odd":    {"put-replaces"},
	"body-fails":  {"put-replaces"},
	"body-closed": {"put-replaces"},
	"body-short":  {"put-replaces"},
	"body-long":   {"put-replaces"},

	"names-reserved": {"names-plain"},
	"names-unicode":  {"names-plain"},
	"paths-writing":  {"first-remove"},

	"open-together": {"together"},

	"lock-again":       {"lock-made"},
	"lock-one-maker":   {"lock-again"},
	"lock-one-renamer": {"rename-file"},
	"lock-beat":        {"put-replaces"},
}

func needs(chapter, rule string) []string { return append(chapterNeeds[chapter], ruleNeeds[rule]...) }
