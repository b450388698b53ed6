package hclconfig

// harmless are the arguments whose values diagnostics show, by block. All others
// are hidden, also arguments that do not exist yet, and every value in locals and
// in maps.
//
// Not here on purpose: user names, commands and environments of hooks, bodies of
// webhooks, proxies, and the defaults of variables. People have put passwords
// into each of them.
var harmless = map[string]map[string]bool{
	"vmxsync":  set("required_version name"),
	"variable": set("type sensitive nullable"),
	"source": set(`path connections layout timezone ignore settle on_empty ready_file
		transfer.rate_limit`),
	"destination": set(`layout trust_unmarked optional publish work_dir quota trash_keep
		path host port root connections keepalive epsv encoding agent host_key known_hosts proxy_host_key
		tls.mode tls.min_version tls.server_name tls.ca_file tls.pin_sha256 tls.insecure_skip_verify tls.client_cert tls.client_key
		transfer.method transfer.rate_limit transfer.resume transfer.verify
		timeouts.connect timeouts.io timeouts.reply`),
	"retention": set(`keep_last keep_hourly keep_daily keep_weekly keep_monthly keep_yearly
		keep_within keep_within_hourly keep_within_daily keep_within_weekly keep_within_monthly keep_within_yearly
		keep_all keep_oldest min_keep min_age max_age max_count max_size_per_vm pin.vm pin.time`),
	"backup": set(`source vms exclude destinations retention order prune_source prevent_destroy fresh_within
		copy.destination copy.retention copy.order`),
	"guard":   set("max_shrink_percent min_loss max_deletes min_size_percent"),
	"hook":    set("on timeout"),
	"notify":  set("from to host port tls method on subject send_log"),
	"metrics": set("textfile"),
	"log":     set("file level format max_size max_files"),
}
