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
		Fact{When: File, Reader: "HAProxy, nginx", More: "With `file` that is done by the apply; a reload ends no request."},
		"hostname", "nodes", "target_version", "distribution", "admin_web_directory", "admin_sources", "api_sources", "cluster_addresses",
		"trusted_sources", "trusted_proxies", "proxy_addresses", "extra_paths", "shared_upload_directory", "max_body_size_mb",
		"login_rate_per_minute", "replay", "dns_servers", "routes", "websockets", "tls", "node_tls", "listen", "health",
		"audio_store", "timeouts", "stats", "process", "vrrp", "balance", "admin_errors_per_minute", "get_retry",
	),
	each(alone, "name", "file"),
)
