package contract

// relied is what there is to say of most rules.
const relied = "vmxsync relies on this and has no way around it"

const (
	noRename   = "nothing can be published: the set is sent to the work folder, and the apply fails where it is to get its final name"
	noSuchName = "a set with such a name is refused, and the apply says so; the others are not concerned"
	wholeOnly  = "sizes are compared before a set gets its final name, so that no part is taken for a whole file; but the upload fails"
	filled     = "what is to be deleted stays there, each apply says so, and the place fills up"
	leftOver   = "an upload that was cut in the middle is in the way of the next one, which fails and says so"
)

// consequences are what vmxsync does at a place that breaks a rule, by the
// name of the rule, where it can do anything.
var consequences = map[string]string{
	"put-bytes": "sizes are compared before a set gets its final name, and a cut file fails the upload; " +
		"other bytes of the same number are found only by the sums in the manifest",
	"first-store":  "nothing can be uploaded",
	"first-folder": "nothing can be uploaded: each set has a folder of its own",
	"first-listing": "what no listing shows is not there for vmxsync: it would send it again each night, and publishes and deletes nothing on " +
		"account of a listing that it does not understand",
	"first-size":   "no upload is believed to be whole, and none is published",
	"first-read":   "what is there cannot be verified, compared before it is gone on with, or restored",
	"first-remove": filled,
	"put-empty":    "a set with an empty file in it fails, and says so; the others are not concerned",
	"put-replaces": leftOver,
	"list-many": "a listing that the server admits to have cut makes its folder unknown: the plan says so, and deletes nothing there; " +
		"a cut that the server does not admit cannot be seen",
	"resume-part": "each part is compared before and after it is gone on with, and a file whose part differs is sent again; " +
		"the bytes between the places that are compared are believed",
	"resume-cut": leftOver,
	"rename-directory": "files are sent to the work folder, and the apply fails where the set is to get its final name, " +
		`unless publish = "in_place": then they are sent to the final name, and the manifest last`,
	"rename-file":                 noRename,
	"rename-file-across":          noRename,
	"rename-names":                noSuchName,
	"rename-deep":                 noSuchName,
	"rename-together":             "a set that gets no session for its last step fails, and the next apply goes on with it",
	"rename-onto-file":            "the target is looked for just before each rename; what appears in between may be replaced",
	"rename-onto-empty-directory": "the target is looked for just before each rename; what appears in between may be replaced",
	"remove-file":                 filled,
	"remove-empty-directory":      filled,
	"body-odd":                    wholeOnly,
	"body-fails":                  wholeOnly,
	"body-closed":                 wholeOnly,
	"body-short":                  wholeOnly,
	"body-long":                   wholeOnly,
	"names-plain":                 noSuchName,
	"names-case":                  noSuchName,
	"names-reserved":              noSuchName,
	"names-unicode":               noSuchName,
	"names-dash":                  noSuchName,
	"names-dot":                   noSuchName,
	"names-long":                  noSuchName,
	"paths-long":                  noSuchName,
	"together":                    "a call that gets no session fails its set, which the next apply sends; the others are not concerned",
	"together-parents":            "of two uploads that make the same folder at once, one may fail; the next apply sends it",
	"lock-made":                   "a destination cannot be locked, and no apply begins there",
	"lock-again": "of two applies that begin at once on two machines, each looks whether its name stands alone in the lock, " +
		"and none goes on where it does not",
	"lock-one-maker": "of two applies that begin at once on two machines, each looks whether its name stands alone in the lock, " +
		"and none goes on where it does not",
	"lock-one-renamer": "of two machines that take over a lock at once, each looks whether its name stands alone in it, " +
		"and none goes on where it does not",
	"lock-alone": "two applies on two machines that begin at once may both go on; each still lists before every publish and delete " +
		"what it relies on",
	"lock-beat": "the lock of an apply that sends nothing for 90 s may be taken over by another machine that was told to wait; " +
		"the apply sees that, and stops",
	"cancel-put":      "an interrupted apply may not end by itself; a second interrupt ends it, and the next apply goes on",
	"cancel-put-body": "an interrupted apply may not end by itself; a second interrupt ends it, and the next apply goes on",
	"cancel-read":     "an interrupted command may not end by itself; a second interrupt ends it",
	"cancel-waiting":  "an interrupted command may not end by itself; a second interrupt ends it",
}

func consequence(rule string) string {
	if text, ok := consequences[rule]; ok {
		return text
	}
	return relied
}
