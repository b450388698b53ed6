// Package upload sends one file to an FTP account, over all the tries that it takes.
//
//	kept, err := place.Put(ctx, "web01/disk.vmdk", body, upload.Options{Part: true})
//
//	put       one try: where to begin, send, compare the size
//	resume    what the server holds, and the proof that the body begins with it
//	full      whether a failure means that the disk is full
//	outside   the same by curl or ncftpput
//
// What it never does: go on behind a part that is not proven, or take a file for whole
// whose size the server tells otherwise.
package upload
