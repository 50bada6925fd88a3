# Three web nodes behind nginx 1.22. The file is checked by the real nginx,
# where it is installed, before it takes the old one's place.
resource "vicidial_nginx_config" "web" {
  name           = "floor1"
  hostname       = "vici.example.com"
  target_version = "1.22"

  nodes = {
    web1 = { address = "10.10.20.11" }
    web2 = { address = "10.10.20.12" }
    web3 = { address = "10.10.20.13", weight = 50, max_connections = 100 }
  }

  tls = {
    certificate_file = "/etc/nginx/tls/vici.pem"
    key_file         = "/etc/nginx/tls/vici.key"
  }

  admin_sources     = ["10.0.0.0/8"]
  cluster_addresses = ["10.10.10.11", "10.10.10.12", "10.10.10.13"]
  trusted_sources   = ["10.20.0.0/16"]

  audio_store = {
    node      = "web1"
    host      = "10.10.20.11"                    # system_settings.sounds_web_server
    directory = "nq5ktwzqvz1fdp4v2tytdcd46q1rcx" # system_settings.sounds_web_directory
  }

  file = {
    path           = "/etc/nginx/nginx.conf"
    reload_command = ["systemctl", "reload", "nginx"]
  }
}

# What the web nodes' Apache needs.
output "apache_snippet" {
  value = vicidial_nginx_config.web.apache_snippet
}

# The least that is needed; nothing is written, and the text is an output. The
# plan warns of what this leaves open.
resource "vicidial_nginx_config" "lab" {
  name     = "lab"
  hostname = "lab.example.com"
  nodes    = { web1 = { address = "10.30.0.11" } }
}
