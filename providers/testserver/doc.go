// Package testserver is what the servers of tests have in common, whatever they
// speak: the tree of fetched programs, their processes, and ports that no other
// test takes.
//
//	tree, err := testserver.Packages()           // where scripts/fetch-servers unpacked them
//	port, release, err := testserver.FreePort()  // below 32768, on 127.0.0.1
//	p, err := testserver.StartProcess(argv, env, dir)
//	defer p.Kill()                               // with all that it has forked
//
// It is never imported by the product.
package testserver
