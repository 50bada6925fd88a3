# Two dialers, a web node, the database, which has the duties of the cluster, and a
# replica. The second dialer has the balance fill in place of the database.
resource "vicidial_node_config" "site" {
  nodes = {
    "10.10.10.5"  = { roles = ["database"] }
    "10.10.10.6"  = { roles = ["replica"] }
    "10.10.10.31" = { roles = ["web"], web_only = true }
    "10.10.10.11" = { roles = ["telephony"], conf_engine = "CONFBRIDGE" }
    "10.10.10.12" = {
      roles           = ["telephony"]
      conf_engine     = "CONFBRIDGE"
      duties          = ["balance_fill"]
      keepalive_flags = ["--adfill-delay=500"]
    }
  }

  log_archive      = "monthly"
  log_archive_days = 365

  settings = {
    PATHweb             = "/srv/www/htdocs"
    VARasterisk_version = "18.X"
    VARFTP_host         = "10.10.10.7"
    VARHTTP_path        = "http://10.10.10.7"
  }

  recordings = {
    format              = "MP3"
    ship                = true
    transfer            = { run_check = true, validate = true }
    keep_days           = 30
    keep_originals_days = 1
  }
}

# Bring the files to the nodes with the tool that you use for that. fill_command fills
# in the passwords on the node.
output "files" {
  value = {
    for server_ip, text in vicidial_node_config.site.astguiclient_conf : server_ip => {
      "/etc/astguiclient.conf" = text
      "crontab"                = vicidial_node_config.site.crontab[server_ip]
      "install"                = vicidial_node_config.site.install_command[server_ip]
    }
  }
}

# Or give a new machine its files when it boots.
output "user_data" {
  value = vicidial_node_config.site.user_data
}
