locals {
  templates_with_secrets = [for name, template in var.site.templates : name if strcontains(template.contents, "{secret:")]
  carriers_with_secrets = [
    for name, carrier in var.site.carriers : name
    if carrier.username != null || strcontains(join("", concat([for node in values(carrier.per_node) : "${coalesce(node.account, "-")}${coalesce(node.registration, "-")}"], [coalesce(carrier.account, "-"), coalesce(carrier.registration, "-"), coalesce(carrier.dialplan, "-"), coalesce(carrier.globals, "-")])), "{secret:")
  ]

  # How each carrier is reached, by protocol.
  hosts = { for name, carrier in var.site.carriers : name => carrier.host == null ? "" : join(":", compact([carrier.host, carrier.port])) }
  peers = {
    for name, carrier in var.site.carriers : name => join("\n", concat(
      ["[${lower(name)}]", "type=peer", "host=${coalesce(carrier.host, "-")}"],
      carrier.port == null ? [] : ["port=${carrier.port}"],
      carrier.username == null ? [] : ["username=${carrier.username}", "secret={secret:password}"],
      ["qualify=yes", "disallow=all", "allow=${join(",", carrier.codecs)}"],
      carrier.protocol == "SIP" ? ["dtmfmode=rfc2833"] : [],
      carrier.inbound ? ["context=trunkinbound"] : [],
      carrier.inbound && carrier.protocol == "SIP" ? ["insecure=port,invite"] : [],
    ))
  }
  endpoints = {
    for name, carrier in var.site.carriers : name => join("\n", concat(
      carrier.username == null ? [] : ["[${lower(name)}]", "type=auth", "auth_type=userpass", "username=${carrier.username}", "password={secret:password}", ""],
      ["[${lower(name)}]", "type=aor", "contact=sip:${local.hosts[name]}", "qualify_frequency=60", ""],
      ["[${lower(name)}]", "type=endpoint", "aors=${lower(name)}", "disallow=all", "allow=${join(",", carrier.codecs)}", "dtmf_mode=rfc4733"],
      carrier.username == null ? [] : ["outbound_auth=${lower(name)}"],
      carrier.inbound ? ["context=trunkinbound", "", "[${lower(name)}]", "type=identify", "endpoint=${lower(name)}", "match=${coalesce(carrier.host, "-")}"] : [],
      carrier.register ? ["", "[${lower(name)}]", "type=registration", "outbound_auth=${lower(name)}", "server_uri=sip:${local.hosts[name]}", "client_uri=sip:${coalesce(carrier.username, "-")}@${local.hosts[name]}"] : [],
    ))
  }
}

# Carriers can fail over to each other: they are instances of one resource.
resource "vicidial_carrier_route" "carrier" {
  for_each = var.site.carriers

  name        = each.key
  protocol    = each.value.protocol
  all_servers = each.value.all_servers
  servers     = each.value.all_servers ? null : [for name in coalesce(each.value.nodes, keys(var.site.telephony)) : local.addresses[name]]
  active      = each.value.active
  template_id = try(vicidial_conf_template.template[each.value.template].template_id, each.value.template)
  inbound     = each.value.inbound

  carrier_name        = each.value.title
  carrier_description = each.value.description
  user_group          = each.value.user_group
  globals_string      = each.value.globals
  dialplan_entry      = each.value.dialplan

  account_entry = (
    each.value.account != null ? each.value.account :
    each.value.protocol == "PJSIP" ? local.endpoints[each.key] : local.peers[each.key]
  )
  registration_string = (
    each.value.register && each.value.protocol != "PJSIP" ?
    "register => ${each.value.username}:{secret:password}@${local.hosts[each.key]}" : each.value.registration
  )

  dial = each.value.prefix == null ? null : {
    prefix       = each.value.prefix
    pattern      = each.value.pattern
    strip        = each.value.strip
    prepend      = each.value.prepend
    numbers      = length(each.value.numbers) == 0 ? null : each.value.numbers
    caller_id    = each.value.caller_id
    caller_ids   = length(each.value.caller_ids) == 0 ? null : each.value.caller_ids
    timeout      = each.value.timeout
    options      = each.value.options
    headers      = length(each.value.headers) == 0 ? null : each.value.headers
    max_channels = each.value.max_channels
    failover     = length(each.value.failover) == 0 ? null : each.value.failover
  }

  per_server = length(each.value.per_node) == 0 ? null : {
    for name, node in each.value.per_node : local.addresses[name] => {
      max_channels        = node.max_channels
      active              = node.active
      carrier_id          = node.carrier_id
      carrier_name        = node.title
      carrier_description = node.description
      account_entry       = node.account
      registration_string = node.registration
      dialplan_entry      = node.dialplan
      globals_string      = node.globals
    }
  }

  secrets_wo         = contains(local.carriers_with_secrets, each.key) && var.secrets_version != null ? local.secrets.carriers[each.key] : null
  secrets_wo_version = contains(local.carriers_with_secrets, each.key) ? var.secrets_version : null
}

resource "vicidial_inbound_did" "number" {
  for_each = var.site.numbers

  did_pattern     = each.key
  did_description = each.value.description
  did_active      = true
  did_route       = each.value.group_id == null ? "EXTEN" : "IN_GROUP"
  group_id        = each.value.group_id
  extension       = each.value.extension
}

resource "vicidial_inbound_numbers" "block" {
  for_each = var.site.number_blocks

  name                    = each.key
  dids                    = each.value.dids
  did_description         = each.value.description
  did_carrier_description = each.value.carrier
  did_active              = each.value.active != null ? each.value.active : anytrue([for own in values(each.value.overrides) : contains(keys(own), "did_active")]) ? true : null
  did_route               = each.value.route != null ? each.value.route : each.value.group_id != null ? "IN_GROUP" : each.value.menu_id != null ? "CALLMENU" : "EXTEN"
  group_id                = each.value.group_id
  menu_id                 = each.value.menu_id
  extension               = each.value.extension
  overrides               = length(each.value.overrides) == 0 ? null : each.value.overrides
}
