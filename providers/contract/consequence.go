package contract

// relied is what there is to say of most rules.
const relied = "vmxsync relies on this and has no workaround"

const (
	noRename   = "no set can be published: the set is uploaded to the work folder, and the apply fails when it renames the set to its final name"
	noSuchName = "a set with such a name is refused, and the apply reports it; other sets are not affected"
	wholeOnly  = "the sizes are compared before a set gets its final name, so a partial file is never taken for a complete one; but the upload fails"
	filled     = "sets cannot be deleted, each apply reports it, and the destination fills up"
	leftOver   = "an interrupted upload blocks the next one, which fails and reports it"
)

// consequences are what vmxsync does at a place that breaks a rule, by the
// name of the rule, where it can do anything.
var consequences = map[string]string{
	"put-bytes": "the sizes are compared before a set gets its final name, and a truncated file fails the upload; " +
		"changed bytes of the same length are detected only by the checksums in the manifest",
	"first-store":  "no set can be uploaded",
	"first-folder": "no set can be uploaded: each set needs its own folder",
	"first-listing": "vmxsync relies on listings: a set that is not listed is uploaded again each night, and vmxsync publishes and deletes nothing based " +
		"on a listing that it cannot parse",
	"first-size":   "no upload is considered complete, and no set is published",
	"first-read":   "sets cannot be verified or restored, and partial uploads cannot be compared before they are resumed",
	"first-remove": filled,
	"put-empty":    "the upload of a set with an empty file fails, and the apply reports it; other sets are not affected",
	"put-replaces": leftOver,
	"list-many": "if the server reports that it truncated a listing, the plan reports that folder as unknown and deletes nothing in it; " +
		"a listing that is truncated without notice cannot be detected",
	"resume-part": "each partial upload is compared before and after it is resumed, and a file whose part differs is sent again; " +
		"the bytes between the compared samples are not checked",
	"resume-cut": leftOver,
	"rename-directory": "files are uploaded to the work folder, and the apply fails when it renames the set to its final name, " +
		`unless publish = "in_place": then the files are uploaded to the final name, and the manifest last`,
	"rename-file":                 noRename,
	"rename-file-across":          noRename,
	"rename-names":                noSuchName,
	"rename-deep":                 noSuchName,
	"rename-together":             "a set that gets no session for its last step fails, and the next apply continues it",
	"rename-onto-file":            "vmxsync checks the target just before each rename; a file that appears in between may be replaced",
	"rename-onto-empty-directory": "vmxsync checks the target just before each rename; a file that appears in between may be replaced",
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
	"together":                    "a set that gets no session fails, and the next apply uploads it; other sets are not affected",
	"together-parents":            "of two uploads that create the same folder at once, one may fail; the next apply uploads it",
	"lock-made":                   "the destination cannot be locked, so no apply starts",
	"lock-again": "of two applies that start at once on two machines, each checks that its name is the only one in the lock, " +
		"and stops if it is not",
	"lock-one-maker": "of two applies that start at once on two machines, each checks that its name is the only one in the lock, " +
		"and stops if it is not",
	"lock-one-renamer": "of two machines that take over a lock at once, each checks that its name is the only one in it, " +
		"and stops if it is not",
	"lock-alone": "two applies that start at once on two machines may both continue; each still lists the destination before every publish and " +
		"delete",
	"lock-beat": "the lock of an apply that sends nothing for 90 s may be taken over by another machine that waits for it; " +
		"the apply notices that and stops",
	"cancel-put":      "an interrupted apply may not end by itself; a second interrupt ends it, and the next apply continues",
	"cancel-put-body": "an interrupted apply may not end by itself; a second interrupt ends it, and the next apply continues",
	"cancel-read":     "an interrupted command may not end by itself; a second interrupt ends it",
	"cancel-waiting":  "an interrupted command may not end by itself; a second interrupt ends it",
}

func consequence(rule string) string {
	if text, ok := consequences[rule]; ok {
		return text
	}
	return relied
}
