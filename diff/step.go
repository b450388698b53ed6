package diff

// RunPlaceholder stands in step paths for the run id, which belongs to the
// envelope and not to the plan.
const RunPlaceholder = "{run}"

// Step is one move of an apply. It is data that follows from the plan: see Expand.
type Step struct {
	// ID is unique in the plan: "nas/Bart/2026-11-21-010000#publish",
	// "nas/Bart/2026-11-21-010000#put:Bart.vmx", "nas#own".
	ID string `json:"id"`
	Op Op     `json:"op"`
	// From and To are paths from the root of the destination; From of a put is
	// from the root of the source.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	Size int64  `json:"size,omitempty"` // bytes, of a put
	// Expect is the digest of the group just before a trash or mark_delete: see
	// GroupDigest; of an abandon, that of the claim. Of the claim of a replace, it
	// is that of the run that had made the set whole in staging; "" if none had.
	Expect string `json:"expect,omitempty"`
	// Needs are steps that must be done before.
	Needs []string `json:"needs,omitempty"`
	// Retains are addresses of counted sets that justify a delete and must be
	// present and whole when it happens.
	Retains []string `json:"retains,omitempty"`
}

// Op names a move. What each does, and what it must find:
//
//	own       write the plan's name to To, the owner file, if it is absent or holds
//	          the owner that the plan saw
//	claim     write the claim To; what is left in its staged folder from an
//	          upload of other files is removed by name first
//	put       send the source's From to To, Size bytes; compare the size there
//	manifest  list the source set again (equal to the change's files), list the
//	          staged set (equal in names and sizes), write the manifest to From,
//	          compare its size, rename it to To, inside the staged set
//	aside     rename From, the final name, to To in trash (~rep): a replace
//	publish   list the parent of To, which must not hold it; rename From to To; list it
//	release   remove the claim, which may be missing, and the emptied staged
//	          folder From
//	mark      write a manifest without sums for the set that stands at its final
//	          name: to From in the work folder, then renamed to To in the set
//	sums      list the set (equal to the change's files), read its manifest (the one
//	          that the plan saw), write the one with the change's checksums to From,
//	          beside it, and read it back; remove the file that had the
//	          plan look at the set, and the old manifest; rename From to To. A reading
//	          takes From for the manifest while there is no other
//	trash     list the group (digest equals Expect; Retains present, manifests
//	          fit; min_keep counted sets left), rename From to To in trash (~del);
//	          list its folder, and rename it back where one of Retains has
//	          vanished: once for several sets of a VM, before they are purged
//	purge     remove the files that the change or cleanup names, the manifest
//	          and system junk from From, then its folders, deepest first; what
//	          else is there stays, and is an error
//	return    rename From, in trash (~rep) or ~aside at a source, back to To, its
//	          absent final name
//	prune     at a source: list the set (equal to the change's files), read the
//	          manifests of Retains, compare the sums of the files with those of
//	          the same set, rename From aside, list Retains again, and rename
//	          it to To (~gone); or back, where one of Retains has vanished
//	clear     at a source: remove the files that the change or cleanup names and
//	          system junk from From (~gone), then its folders; where ignored
//	          files are left, rename it back to To
//
// In place of some of them, where a destination publishes in place:
//
//	claim     as above, but what the claim is not of must not be at the final name
//	put       To is below the final name
//	seal      list the source set again, list the set at its final name (equal in
//	          names and sizes), write the manifest to From, rename it to To, in
//	          the set; list it
//	mark_delete  list the group as for a trash; write a claim of kind delete for
//	          From, the final name, to To, unless there is one
//	purge     of the final name: only under a claim of kind delete, the manifest
//	          first
//	abandon   if the claim in the staged folder From is the one that Expect
//	          names, remove from To, the final name, the files that the cleanup
//	          names, its folders, and then From
//
// The order of work is: the steps of places; cleanups; the changes of each group
// in order, where the groups of a destination take turns from upload to upload;
// what is pruned at the sources last; cleanups that need a step of a change.
type Op string

// The ops.
const (
	OpOwn        Op = "own"
	OpDisown     Op = "disown"
	OpClaim      Op = "claim"
	OpPut        Op = "put"
	OpManifest   Op = "manifest"
	OpAside      Op = "aside"
	OpPublish    Op = "publish"
	OpRelease    Op = "release"
	OpMark       Op = "mark"
	OpSums       Op = "sums"
	OpTrash      Op = "trash"
	OpPurge      Op = "purge"
	OpReturn     Op = "return"
	OpSeal       Op = "seal"
	OpMarkDelete Op = "mark_delete"
	OpAbandon    Op = "abandon"
	OpPrune      Op = "prune"
	OpClear      Op = "clear"
)
