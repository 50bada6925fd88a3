# The proxies in front of the web nodes: those of site.proxies, or one named proxy.
locals {
  proxies   = var.site.hostname == null ? {} : length(var.site.proxies) == 0 ? { proxy = null } : var.site.proxies
  web_nodes = { for name, address in var.site.web : name => { address = address } }
  callers   = [for node in values(var.site.telephony) : node.address]

  shared = {
    for name, address in local.proxies : name => var.site.shared_address == null ? null : {
      address   = var.site.shared_address.address
      interface = var.site.shared_address.interface
      router_id = var.site.shared_address.router_id
      peers     = [for other, at in var.site.proxies : at if other != name]
    }
  }

  # The same in both resources.
  web = {
    for name, address in local.proxies : name => {
      name            = join("-", compact([lower(var.site.name), address == null ? "" : lower(name)]))
      proxy_addresses = length(var.site.proxies) == 0 ? null : values(var.site.proxies)
      trusted_sources = length(var.site.trusted_sources) == 0 ? null : var.site.trusted_sources
      audio_store = var.site.sounds_directory == null ? null : {
        node      = keys(var.site.web)[0]
        host      = values(var.site.web)[0]
        directory = var.site.sounds_directory
      }
      websockets = length(var.site.websockets) == 0 ? null : var.site.websockets
    }
  }
}

resource "vicidial_haproxy_config" "web" {
  for_each = { for name, web in local.web : name => web if var.site.proxy == "haproxy" }

  name              = each.value.name
  hostname          = var.site.hostname
  nodes             = local.web_nodes
  tls               = var.site.certificate == null ? null : { certificate_file = var.site.certificate }
  admin_sources     = var.site.admin_sources
  trusted_sources   = each.value.trusted_sources
  cluster_addresses = local.callers
  proxy_addresses   = each.value.proxy_addresses
  websockets        = each.value.websockets
  audio_store       = each.value.audio_store
  target_version    = var.site.proxy_version
  vrrp              = local.shared[each.key]
}

resource "vicidial_nginx_config" "web" {
  for_each = { for name, web in local.web : name => web if var.site.proxy == "nginx" }

  name              = each.value.name
  hostname          = var.site.hostname
  nodes             = local.web_nodes
  tls               = var.site.certificate == null ? null : { certificate_file = var.site.certificate, key_file = var.site.certificate_key }
  admin_sources     = var.site.admin_sources
  trusted_sources   = each.value.trusted_sources
  cluster_addresses = local.callers
  proxy_addresses   = each.value.proxy_addresses
  websockets        = each.value.websockets
  audio_store       = each.value.audio_store
  target_version    = var.site.proxy_version
  vrrp              = local.shared[each.key]
}
