package effect

// NodeConfig are the facts of vicidial_node_config, whose texts are put on nodes by
// other means.
var NodeConfig = each(Fact{When: File, Reader: "the programs of the node; crontabs within a minute"},
	"name", "nodes", "coordinator", "layout", "log_archive", "log_archive_days", "url_log_days", "lead_archive", "inbound_email_parser",
	"settings", "extra", "secrets", "recordings", "log_days", "asterisk_log_days", "screen_log_days", "speech_days", "time_server", "install",
)

// ProxyConfig are the facts of vicidial_haproxy_config and vicidial_nginx_config.
var ProxyConfig = join(
	each(
		Fact{When: File, Reader: "HAProxy, nginx", More: "With `file` and its `reload_command`, the apply does both. A reload ends no request; it closes the sockets of web phones, which register again."},
		"name", "hostname", "nodes", "target_version", "distribution", "admin_web_directory", "admin_sources", "api_sources", "cluster_addresses",
		"trusted_sources", "trusted_proxies", "extra_paths", "shared_upload_directory", "max_body_size_mb",
		"login_rate_per_minute", "retry", "dns_servers", "routes", "websockets", "tls", "node_tls", "listen", "health",
		"audio_store", "timeouts", "stats", "process", "balance", "admin_errors_per_minute", "get_retry",
	),
	each(Fact{When: File, Reader: "Apache on the web nodes", More: "The file is the one with `apache_snippet`."}, "proxy_addresses"),
	each(Fact{When: File, Reader: "keepalived, Apache on the web nodes", More: "The files are those with `keepalived_snippet` and `apache_snippet`."}, "vrrp"),
	each(alone, "file"),
)
