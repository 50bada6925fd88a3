# The web tier: three nodes behind HAProxy or nginx. A site has one of the two; the
# demo checks the configuration of both.

locals {
  web_nodes = {
    web1 = { address = "10.10.20.21" }
    web2 = { address = "10.10.20.22" }
    web3 = { address = "10.10.20.23", weight = 50, max_connections = 100 }
  }

  # The node with the audio store, as in the system settings.
  audio_store = {
    node      = "web1"
    host      = "10.10.20.21"
    directory = "nq5ktwzqvz1fdp4v2tytdcd46q1rcx"
  }

  # The addresses of the proxy, from which the nodes accept the addresses of agents.
  proxy_addresses = ["10.10.20.20"]

  # Ports that an ordinary user can open.
  listen = { http_port = 8080, https_port = 8443 }
}

resource "vicidial_haproxy_config" "web" {
  name           = "demo"
  hostname       = "vici.example.com"
  target_version = "2.6"
  nodes          = local.web_nodes
  listen         = local.listen
  tls            = { certificate_file = "${var.proxy_folder}/certificate.pem" }

  admin_sources     = ["10.0.0.0/8"]
  cluster_addresses = [for node in vicidial_server.telephony : node.server_ip]
  audio_store       = local.audio_store
  proxy_addresses   = local.proxy_addresses

  file = {
    path   = "${var.proxy_folder}/haproxy.cfg"
    binary = var.haproxy
  }
}

resource "vicidial_nginx_config" "web" {
  name           = "demo"
  hostname       = "vici.example.com"
  target_version = "1.22"
  nodes          = local.web_nodes
  listen         = local.listen

  tls = {
    certificate_file = "${var.proxy_folder}/certificate.pem"
    key_file         = "${var.proxy_folder}/certificate.pem"
  }

  admin_sources     = ["10.0.0.0/8"]
  cluster_addresses = [for node in vicidial_server.telephony : node.server_ip]
  audio_store       = local.audio_store
  proxy_addresses   = local.proxy_addresses

  process = {
    user           = ""
    log            = "${var.proxy_folder}/access.log"
    error_log      = "${var.proxy_folder}/error.log"
    pid_file       = "${var.proxy_folder}/nginx.pid"
    temp_directory = var.proxy_folder
  }

  file = {
    path   = "${var.proxy_folder}/nginx.conf"
    binary = var.nginx
  }
}
