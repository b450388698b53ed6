package block

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
)

// Kind is a type of block.
type Kind struct {
	Type   string
	Labels []string // what its labels name
	Once   bool     // a configuration has one at most
	Bodies []any    // the structs whose tags are its schema; a place has those of its driver's settings besides

	// Harmless are the attributes whose values diagnostics show, as paths. All others
	// are hidden, also attributes that do not exist yet, and every value in locals and
	// in maps.
	//
	// Not here on purpose: user names, commands and environments of hooks, bodies of
	// webhooks, proxies, and the defaults of variables. People have put passwords
	// into each of them.
	Harmless string
	Later    []string // attributes of the language that this version does not support yet

	decode func(*Decoded, *decode.Decoder) hcl.Diagnostics // nil where others evaluate the block
}

// Kinds are all blocks of the language, in the order in which they are decoded.
var Kinds = []Kind{
	{
		Type: "vmxsync", Once: true, Bodies: []any{vmxsyncBlock{}}, decode: decodeVmxsync,
		Harmless: "required_version name",
	},
	{
		Type: "guard", Once: true, Bodies: []any{guardBlock{}}, decode: decodeGuard,
		Harmless: "max_shrink_percent min_loss max_deletes min_size_percent",
	},
	{Type: "variable", Labels: []string{"name"}, Harmless: "type sensitive nullable"},
	{Type: "locals"},
	{
		Type: "source", Labels: []string{"type", "name"}, Bodies: []any{sourceBlock{}}, decode: decodeSource,
		Harmless: `path connections layout timezone ignore settle on_empty ready_file
			transfer.rate_limit transfer.download_rate`,
	},
	{
		Type: "destination", Labels: []string{"type", "name"}, Bodies: []any{destinationBlock{}}, decode: decodeDestination,
		Harmless: `layout trust_unmarked optional publish work_dir quota trash_keep
			path host port root connections keepalive epsv encoding agent host_key known_hosts proxy_host_key
			tls.mode tls.min_version tls.server_name tls.ca_file tls.pin_sha256 tls.insecure_skip_verify tls.client_cert tls.client_key
			transfer.method transfer.rate_limit transfer.download_rate transfer.resume transfer.verify
			timeouts.connect timeouts.io timeouts.reply
			verify.level verify.every verify.max_bytes verify.max_duration`,
		Later: []string{"for_each"},
	},
	{
		Type: "retention", Labels: []string{"name"}, Bodies: []any{retentionBlock{}}, decode: decodeRetention,
		Harmless: `keep_last keep_hourly keep_daily keep_weekly keep_monthly keep_yearly
			keep_within keep_within_hourly keep_within_daily keep_within_weekly keep_within_monthly keep_within_yearly
			keep_all keep_oldest min_keep min_age max_age max_count max_size_per_vm pin.vm pin.time`,
	},
	{
		Type: "backup", Labels: []string{"name"}, Bodies: []any{backupBlock{}}, decode: decodeBackup,
		Harmless: `source vms exclude destinations retention order prune_source prevent_destroy fresh_within
			copy.destination copy.retention copy.order
			verify.level verify.every verify.max_bytes verify.max_duration`,
		Later: []string{"for_each"},
	},
	{Type: "hook", Labels: []string{"name"}, Bodies: []any{hookBlock{}}, decode: decodeHook, Harmless: "on timeout"},
	{Type: "drill", Labels: []string{"name"}, Bodies: []any{drillBlock{}}, decode: decodeDrill, Harmless: "from vms pick every to timeout"},
	{
		Type: "notify", Labels: []string{"type", "name"}, Bodies: []any{mailBlock{}, webhookBlock{}, healthchecksBlock{}}, decode: decodeNotify,
		Harmless: "from to host port tls method on subject send_log",
	},
	{Type: "metrics", Once: true, Bodies: []any{metricsBlock{}}, decode: decodeMetrics, Harmless: "textfile"},
	{
		Type: "log", Once: true, Bodies: []any{logBlock{}}, decode: decodeLog,
		Harmless: "file level format max_size max_files",
	},
}

// KindOf is the kind of that type, which exists.
func KindOf(typ string) Kind {
	return Kinds[slices.IndexFunc(Kinds, func(k Kind) bool { return k.Type == typ })]
}

// Decode adds a block of this kind to a configuration.
func (k Kind) Decode(in *Decoded, b *hcl.Block) hcl.Diagnostics {
	if k.decode == nil {
		return nil
	}
	return k.decode(in, decode.New(b, in.env, k.Later))
}
