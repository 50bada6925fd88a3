# Three web nodes behind HAProxy 2.6. If HAProxy is
# installed, it checks the file before the old one is replaced.
resource "vicidial_haproxy_config" "web" {
  name           = "floor1"
  hostname       = "vici.example.com"
  target_version = "2.6"

  nodes = {
    web1 = { address = "10.10.20.11" }
    web2 = { address = "10.10.20.12" }
    web3 = { address = "10.10.20.13", weight = 50, max_connections = 100 }
  }

  tls = { certificate_file = "/etc/haproxy/certs/vici.pem" }

  admin_sources     = ["10.0.0.0/8"]
  cluster_addresses = ["10.10.10.11", "10.10.10.12", "10.10.10.13"]
  trusted_sources   = ["10.20.0.0/16"]
  proxy_addresses   = ["10.10.20.2"]

  audio_store = {
    node      = "web1"
    host      = "10.10.20.11"                    # system_settings.sounds_web_server
    directory = "nq5ktwzqvz1fdp4v2tytdcd46q1rcx" # system_settings.sounds_web_directory
  }

  file = {
    path           = "/etc/haproxy/haproxy.cfg"
    owner          = "root:haproxy"
    reload_command = ["systemctl", "reload", "haproxy"]
  }
}

# For Apache on the web nodes.
output "apache_snippet" {
  value = vicidial_haproxy_config.web.apache_snippet
}

# Required attributes only: no file is written, and the text is in content. The plan
# warns of what is open to everyone.
resource "vicidial_haproxy_config" "lab" {
  name     = "lab"
  hostname = "lab.example.com"
  nodes    = { web1 = { address = "10.30.0.11" } }
}
