package hclconfig

import "github.com/vmxsync/vmxsync/hclconfig/redact"

// harmless are the arguments whose values diagnostics show, by block. All others
// are hidden, also arguments that do not exist yet, and every value in locals and
// in maps.
//
// Not here on purpose: user names, commands and environments of hooks, bodies of
// webhooks, proxies, and the defaults of variables. People have put passwords
// into each of them.
var harmless = map[string]map[string]bool{
	"vmxsync":  redact.Set("required_version name"),
	"variable": redact.Set("type sensitive nullable"),
	"source": redact.Set(`path connections layout timezone ignore settle on_empty ready_file
		transfer.rate_limit`),
	"destination": redact.Set(`layout trust_unmarked optional publish work_dir quota trash_keep
		path host port root connections keepalive epsv encoding agent host_key known_hosts proxy_host_key
		tls.mode tls.min_version tls.server_name tls.ca_file tls.pin_sha256 tls.insecure_skip_verify tls.client_cert tls.client_key
		transfer.method transfer.rate_limit transfer.resume transfer.verify
		timeouts.connect timeouts.io timeouts.reply`),
	"retention": redact.Set(`keep_last keep_hourly keep_daily keep_weekly keep_monthly keep_yearly
		keep_within keep_within_hourly keep_within_daily keep_within_weekly keep_within_monthly keep_within_yearly
		keep_all keep_oldest min_keep min_age max_age max_count max_size_per_vm pin.vm pin.time`),
	"backup": redact.Set(`source vms exclude destinations retention order prune_source prevent_destroy fresh_within
		copy.destination copy.retention copy.order`),
	"guard":   redact.Set("max_shrink_percent min_loss max_deletes min_size_percent"),
	"hook":    redact.Set("on timeout"),
	"notify":  redact.Set("from to host port tls method on subject send_log"),
	"metrics": redact.Set("textfile"),
	"log":     redact.Set("file level format max_size max_files"),
}
