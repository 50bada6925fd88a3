locals {
  # Columns that phone of a floor can set: those of vicidial_agent_placement.phone that
  # are not secret and have no attribute of their own in a floor.
  phone_columns = [
    "active", "admin_hangup_enabled", "admin_hijack_enabled", "admin_monitor_enabled", "aflogging_enabled",
    "agi_call_logging_enabled", "auto_dial_next_number", "call_out_number_group", "call_parking_enabled",
    "callerid_popup_enabled", "client_browser", "codecs_list", "codecs_with_template", "company",
    "conf_on_extension", "conf_qualify", "conferencing_enabled", "delete_vm_after_email", "dtmf_send_extension",
    "email", "enable_fast_refresh", "enable_persistant_mysql", "enable_sipsak_messages", "ext_context",
    "fast_refresh_rate", "fullname", "install_directory", "is_webphone", "local_gmt", "local_web_callerid_url",
    "login_campaign", "login_user", "mohsuggest", "monitor_prefix", "nva_call_url", "nva_error_filename",
    "nva_new_list_id", "nva_new_phone_code", "nva_new_status", "nva_search_method", "on_hook_agent",
    "on_login_report", "outbound_alt_cid", "park_on_extension", "phone_context", "phone_ring_timeout", "phone_type",
    "picture", "queue_action_enabled", "recording_exten", "status", "unavail_dialplan_fwd_context",
    "unavail_dialplan_fwd_exten", "updater_check_enabled", "use_external_server_ip", "user_group",
    "user_switching_enabled", "vdstop_rec_after_each_call", "vicidial_park_on_extension",
    "vicidial_park_on_filename", "vicidial_web_url", "voicemail_button_enabled", "voicemail_dump_exten",
    "voicemail_dump_exten_no_inst", "voicemail_exten", "voicemail_greeting", "voicemail_instructions",
    "voicemail_options", "voicemail_timezone", "webphone_auto_answer", "webphone_debug", "webphone_dialbox",
    "webphone_dialpad", "webphone_layout", "webphone_mute", "webphone_settings", "webphone_volume",
  ]

  # dial1 has a, dial26 has z, dial27 has aa. The suffix follows from the name, so that a
  # new node changes no login of the others.
  letters  = split("", "abcdefghijklmnopqrstuvwxyz")
  numbered = { for name, node in var.site.telephony : name => try(parseint(regex("[0-9]+$", name), 10), 0) }
  indexes  = { for name, node in var.site.telephony : name => node.suffix == null && local.numbered[name] > 26 ? local.numbered[name] - 1 : null }
  weighted = length([for node in values(var.site.telephony) : node if node.weight != null]) > 0
  suffixes = {
    for name, node in var.site.telephony : name => node.suffix != null ? node.suffix : (
      local.numbered[name] < 1 ? "n${local.numbered[name]}" :
      local.numbered[name] <= 26 ? local.letters[local.numbered[name] - 1] :
      local.numbered[name] <= 702 ? "${local.letters[floor((local.numbered[name] - 27) / 26)]}${local.letters[(local.numbered[name] - 27) % 26]}" :
      "n${local.numbered[name]}"
    )
  }
}

resource "vicidial_conf_template" "template" {
  for_each = var.site.templates

  template_id        = each.key
  template_name      = coalesce(each.value.name, each.key)
  template_contents  = each.value.contents
  secrets_wo         = contains(local.templates_with_secrets, each.key) && var.secrets_version != null ? local.secrets.templates[each.key] : null
  secrets_wo_version = contains(local.templates_with_secrets, each.key) ? var.secrets_version : null

  lifecycle { create_before_destroy = true }
}

resource "vicidial_agent_placement" "floor" {
  for_each = var.site.floors

  name             = each.key
  seats            = each.value.seats
  nodes_per_seat   = coalesce(each.value.nodes_per_seat, min(2, length(coalesce(each.value.nodes, keys(var.site.telephony)))))
  naming           = length(each.value.naming) == 0 ? null : each.value.naming
  seat_overrides   = length(each.value.overrides) == 0 ? null : each.value.overrides
  assign_users     = each.value.assign_users
  move_live_agents = each.value.move_live_agents
  alias_order      = each.value.alias_order
  alias_user_group = each.value.alias_user_group

  ignore_password_drift = each.value.ignore_password_drift

  servers = {
    for name in coalesce(each.value.nodes, keys(var.site.telephony)) : local.addresses[name] => {
      suffix   = try(coalesce(each.value.per_node[name].suffix), local.suffixes[name])
      index    = try(coalesce(each.value.per_node[name].index), try(each.value.per_node[name].suffix, null) == null ? local.indexes[name] : null)
      weight   = try(coalesce(each.value.per_node[name].weight), local.weighted ? coalesce(var.site.telephony[name].weight, 100) : null)
      capacity = try(each.value.per_node[name].capacity, null)
    }
  }

  # Null if the floor sets nothing of its phones.
  phone = var.secrets_version == null && !each.value.web_phones && length(each.value.phone) == 0 && length(compact([each.value.protocol, each.value.template, each.value.outbound_cid])) == 0 ? null : merge(
    each.value.web_phones ? { is_webphone = "Y" } : {},
    each.value.phone,
    {
      protocol               = each.value.protocol
      template_id            = try(vicidial_conf_template.template[each.value.template].template_id, each.value.template)
      outbound_cid           = each.value.outbound_cid
      pass_wo                = each.value.own_passwords ? null : local.secrets.phone_password
      pass_wo_version        = each.value.own_passwords ? null : var.secrets_version
      conf_secret_wo         = local.secrets.registration_password
      conf_secret_wo_version = var.secrets_version
    },
  )

  seat_passwords_wo         = each.value.own_passwords && var.secrets_version != null ? local.secrets.seats[each.key] : null
  seat_passwords_wo_version = each.value.own_passwords ? var.secrets_version : null
}
