// Package config holds what is wanted: a Spec is the configuration of the user, decoded
// by package hclconfig, with every value checked and every name resolved.
//
//	spec := &config.Spec{
//		Sources:      []config.Source{{Name: "vms", Layout: layout, Settle: 10 * time.Minute}},
//		Destinations: []config.Destination{{Name: "nas", Layout: layout, WorkDir: ".vmxsync"}},
//		Policies:     []config.Policy{{Name: "two weeks", KeepDaily: 14, MinKeep: 1}},
//		Backups:      []config.Backup{{Source: "vms", VMs: []string{"*"}, Copies: []config.Copy{{Destination: "nas", Policy: "two weeks"}}}},
//	}
//	backup, ok := spec.Assign("vms", "web01")
//
// References between blocks are names. Secrets are never in it: a providers.Reference
// names where one is.
//
// The types that plans hold as they are, such as Hook and Notify, check themselves:
// a plan may come from elsewhere. Nothing here connects to anything.
package config
